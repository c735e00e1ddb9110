// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock fleet …`.
@Command(
        name = "fleet",
        description = "Lets hosts into fleets.",
        mixinStandardHelpOptions = true,
        subcommands = FleetCommand.Token.class)
public final class FleetCommand {
    /// `./penstock fleet token FLEET`.
    @Command(
            name = "token",
            description = "Prints a token with which one host becomes a broker of the fleet, once.",
            mixinStandardHelpOptions = true)
    static final class Token implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(paramLabel = "FLEET", description = "Name or id of a fleet whose provisioning is JOINED.")
        private String fleet = "";

        @Option(names = "--zone", paramLabel = "ZONE", description = "Where the host is.")
        private @Nullable String zone;

        @Override
        public Integer call() {
            var directory = remote.directory();
            var request = ControlPlane.object();
            var spec = request.putObject("spec");
            if (zone != null) {
                spec.put("zone", zone);
            }
            var made = directory.api().post("/v1/fleets/" + directory.id("fleets", fleet) + "/join-tokens", request);
            System.out.println(made.body().at("/status/secret").asString());
            return 0;
        }
    }
}
