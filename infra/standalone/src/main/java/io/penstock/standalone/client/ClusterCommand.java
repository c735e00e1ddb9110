// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// `./penstock cluster …`.
@Command(
        name = "cluster",
        description = "Makes clusters.",
        mixinStandardHelpOptions = true,
        subcommands = ClusterCommand.Create.class)
public final class ClusterCommand {
    /// `./penstock cluster create NAME`.
    @Command(name = "create", description = "Makes a cluster.", mixinStandardHelpOptions = true)
    static final class Create implements Callable<Integer> {
        @Mixin
        private Remote remote = new Remote();

        @Parameters(paramLabel = "NAME", description = "Its name, unique for the tenant.")
        private String name = "";

        @Option(names = "--tenant", paramLabel = "TENANT", description = "Whose it is; the API key's, if it is bound.")
        private @Nullable String tenant;

        @Option(names = "--fleet", paramLabel = "FLEET", description = "Who serves it; the only one, if there is one.")
        private @Nullable String fleet;

        @Option(names = "--bucket", paramLabel = "BUCKET", description = "Where it is kept; the only one, likewise.")
        private @Nullable String bucket;

        @Option(names = "--profile", paramLabel = "PROFILE", description = "fast, balanced or economy.")
        private @Nullable String profile;

        @Option(names = "--shards", paramLabel = "N", description = "Into how many shards its partitions are divided.")
        private @Nullable Integer shards;

        @Option(names = "--label", paramLabel = "KEY=VALUE", description = "A label; may be given more than once.")
        private Map<String, String> labels = Map.of();

        @Option(names = "--wait", description = "Wait until it serves.")
        private boolean wait;

        @Override
        public Integer call() {
            var directory = remote.directory();
            var request = ControlPlane.object();
            var metadata = request.putObject("metadata").put("name", name);
            labels.forEach((key, value) -> metadata.withObject("/labels").put(key, value));
            if (tenant != null) {
                metadata.put("tenant_id", directory.id("tenants", tenant));
            }
            var spec = request.putObject("spec");
            if (fleet != null) {
                spec.put("fleet_id", directory.id("fleets", fleet));
            }
            if (bucket != null) {
                spec.put("bucket_id", directory.id("buckets", bucket));
            }
            if (profile != null) {
                spec.put("latency_profile", profile.toUpperCase(java.util.Locale.ROOT));
            }
            if (shards != null) {
                spec.put("shards", shards);
            }
            var made = directory.api().post("/v1/clusters", request);
            if (wait) {
                made.operation().ifPresent(directory.api()::await);
            }
            var id = made.body().path("id").asString();
            System.out.println(Output.TABLE.of(
                    Kind.named("clusters"), List.of(directory.api().get("/v1/clusters/" + id)), true));
            return 0;
        }
    }
}
