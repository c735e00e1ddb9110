// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Which control plane is meant: the same options for every command that speaks to one.
final class Remote {
    @Option(
            names = "--context",
            paramLabel = "NAME",
            description =
                    "A context; otherwise PENSTOCK_ENDPOINT and PENSTOCK_API_KEY, the context in use, or what runs"
                            + " on --data.")
    private @Nullable String context;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = ".penstock",
            description = "Folder of a Penstock on this machine (default: ${DEFAULT-VALUE}).")
    private Path data = Path.of(".penstock");

    ControlPlane api() {
        return new ControlPlane(Contexts.ofUser(System.getenv()).chosen(Optional.ofNullable(context), data));
    }

    Directory directory() {
        return new Directory(api());
    }
}
