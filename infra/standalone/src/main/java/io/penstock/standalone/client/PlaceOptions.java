// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What holds the things that a command is about.
final class PlaceOptions {
    @Option(
            names = {"-c", "--cluster"},
            paramLabel = "CLUSTER",
            description = "Name or id of the cluster they are in.")
    private @Nullable String cluster;

    @Option(names = "--fleet", paramLabel = "FLEET", description = "Name or id of the fleet they are in.")
    private @Nullable String fleet;

    Directory.Place place() {
        return new Directory.Place(Optional.ofNullable(cluster), Optional.ofNullable(fleet));
    }
}
