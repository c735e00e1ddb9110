// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/// `./penstock describe KIND NAME`.
@Command(
        name = "describe",
        description = "Shows all there is to know of one thing, and what was done with it last.",
        mixinStandardHelpOptions = true)
public final class DescribeCommand implements Callable<Integer> {
    private static final int LATEST = 5;

    @Mixin
    private Remote remote = new Remote();

    @Mixin
    private PlaceOptions place = new PlaceOptions();

    @Parameters(index = "0", paramLabel = "KIND", description = "Singular or plural.")
    private String kind = "";

    @Parameters(index = "1", paramLabel = "NAME", description = "Name or id.")
    private String name = "";

    @Override
    public Integer call() {
        var directory = remote.directory();
        var found = directory.one(Kind.named(kind), place.place(), name);
        System.out.println(Output.yaml(found));
        var operations = directory
                .api()
                .get("/v1/operations?page_size=" + LATEST + "&resource_id="
                        + ControlPlane.escape(found.path("id").asString("")))
                .path("data");
        if (!operations.isEmpty()) {
            System.out.println("operations:");
            operations.forEach(operation -> System.out.println("- %s %s %s %s"
                    .formatted(
                            operation.path("created_at").asString(""),
                            operation.path("type").asString(""),
                            operation.path("state").asString(""),
                            operation.path("id").asString(""))));
        }
        return 0;
    }
}
