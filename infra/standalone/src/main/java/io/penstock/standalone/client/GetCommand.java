// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock get KIND [NAME]`.
@Command(
        name = "get",
        description =
                "Lists things of a kind, or shows one: tenants, buckets, fleets, brokers, clusters, topics, acls, …",
        mixinStandardHelpOptions = true)
public final class GetCommand implements Callable<Integer> {
    @Mixin
    private Remote remote = new Remote();

    @Mixin
    private PlaceOptions place = new PlaceOptions();

    @Parameters(index = "0", paramLabel = "KIND", description = "Singular or plural.")
    private String kind = "";

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Name or id.")
    private @Nullable String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
    private Output output = Output.TABLE;

    @Override
    public Integer call() {
        var asked = Kind.named(kind);
        var directory = remote.directory();
        var found = name == null
                ? directory.list(asked, place.place())
                : List.of(directory.one(asked, place.place(), name));
        System.out.println(output.of(asked, found, name != null));
        return 0;
    }
}
