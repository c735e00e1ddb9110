// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.RunState;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `./penstock status`.
@Command(name = "status", description = "Shows what runs.", mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Option(names = "--json", description = "For programs.")
    private boolean json;

    @Override
    public Integer call() {
        DataFolder folder = DataFolder.open(data.path());
        RunState state = folder.running()
                .filter(running -> LocalProcesses.alive(running.supervisorPid()))
                .orElseThrow(() -> new Trouble(
                        Trouble.UNAVAILABLE,
                        "Penstock does not run on " + folder.root() + "; start it with ./penstock up"));
        Status status = Status.of(folder, state);
        System.out.println(
                json
                        ? JsonMapper.builder()
                                .build()
                                .writerWithDefaultPrettyPrinter()
                                .writeValueAsString(status)
                        : status.table(folder.root().toString()));
        return 0;
    }

    /// The contract of `status --json`.
    record Status(
            String console,
            String api,
            String api_key,
            List<ClusterRow> clusters,
            List<BrokerRow> brokers,
            List<ControlPlaneRow> control_plane) {
        static Status of(DataFolder folder, RunState state) {
            PenstockApi api = PenstockApi.of(folder, state.httpPorts());
            List<ClusterRow> clusters = new ArrayList<>();
            List<BrokerRow> brokers = new ArrayList<>();
            Map<String, String> tenants = new LinkedHashMap<>();
            api.tryGet("/v1/tenants?page_size=500")
                    .ifPresent(found -> found.path("data")
                            .forEach(tenant -> tenants.put(
                                    tenant.path("id").asString(),
                                    tenant.path("metadata").path("name").asString(""))));
            api.tryGet("/v1/clusters?page_size=500")
                    .ifPresent(found ->
                            found.path("data").forEach(cluster -> clusters.add(ClusterRow.of(cluster, tenants))));
            api.tryGet("/v1/fleets?page_size=500")
                    .ifPresent(fleets -> fleets.path("data")
                            .forEach(fleet -> api.tryGet(
                                            "/v1/fleets/" + fleet.path("id").asString() + "/brokers?page_size=500")
                                    .ifPresent(found ->
                                            found.path("data").forEach(broker -> brokers.add(BrokerRow.of(broker))))));
            List<JsonNode> replicas = new ArrayList<>();
            api.tryGet("/v1/control-planes?page_size=500")
                    .ifPresent(found -> found.path("data").forEach(replicas::add));
            List<ControlPlaneRow> controlPlane = LocalProcesses.controlPlanes(folder).stream()
                    .map(process -> ControlPlaneRow.of(process, replicas))
                    .toList();
            return new Status(
                    api.base(),
                    api.base() + "/v1",
                    folder.secret("api-key", () -> ""),
                    clusters,
                    brokers,
                    controlPlane);
        }

        String table(String folder) {
            StringBuilder text = new StringBuilder();
            text.append("Data           ").append(folder).append('\n');
            text.append("Console        ").append(console).append('\n');
            text.append("API            ").append(api).append('\n');
            text.append("Control plane  ")
                    .append(
                            control_plane.isEmpty()
                                    ? "away"
                                    : control_plane.stream()
                                            .map(row -> "pid " + row.pid() + (row.active() ? "" : " (stands by)"))
                                            .collect(Collectors.joining(", ")))
                    .append("\n\n");
            text.append("%-32s %-16s %-12s %-13s %s%n"
                    .formatted("CLUSTER", "NAME", "TENANT", "PHASE", "BOOTSTRAP SERVERS"));
            clusters.forEach(row -> text.append("%-32s %-16s %-12s %-13s %s%n"
                    .formatted(row.id(), row.name(), row.tenant(), row.phase(), row.bootstrap_servers())));
            text.append("\n%-32s %-8s %-13s %s%n".formatted("BROKER", "PID", "PHASE", "SHARDS LED"));
            brokers.forEach(row ->
                    text.append("%-32s %-8d %-13s %d%n".formatted(row.id(), row.pid(), row.phase(), row.shards_led())));
            return text.toString().stripTrailing();
        }
    }

    record ClusterRow(String id, String name, String tenant, String phase, String bootstrap_servers) {
        static ClusterRow of(JsonNode cluster, Map<String, String> tenants) {
            JsonNode metadata = cluster.path("metadata");
            JsonNode status = cluster.path("status");
            String tenantId = metadata.path("tenant_id").asString("");
            return new ClusterRow(
                    cluster.path("id").asString(),
                    metadata.path("name").asString(""),
                    tenants.getOrDefault(tenantId, tenantId),
                    status.path("phase").asString(""),
                    status.path("bootstrap_servers").asString(""));
        }
    }

    record BrokerRow(String id, long pid, String phase, int shards_led, int node_id, String zone) {
        static BrokerRow of(JsonNode broker) {
            JsonNode status = broker.path("status");
            return new BrokerRow(
                    broker.path("id").asString(),
                    status.path("pid").asLong(0),
                    status.path("phase").asString(""),
                    status.path("shards_led").asInt(0),
                    status.path("node_id").asInt(-1),
                    status.path("zone").asString(""));
        }
    }

    record ControlPlaneRow(long pid, boolean active, String zone) {
        /// @param replicas as the API knows them; those of former processes are still among them for a while
        static ControlPlaneRow of(ProcessHandle process, List<JsonNode> replicas) {
            List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
            for (JsonNode replica : replicas.reversed()) {
                String url = replica.path("status").path("api_url").asString("");
                boolean youngest = replicas.stream()
                        .filter(other -> other.path("status")
                                .path("api_url")
                                .asString("")
                                .equals(url))
                        .map(other -> other.path("metadata").path("created_at").asString(""))
                        .max(Comparator.naturalOrder())
                        .equals(Optional.of(
                                replica.path("metadata").path("created_at").asString("")));
                if (youngest && arguments.contains("--server.port=" + url.substring(url.lastIndexOf(':') + 1))) {
                    return new ControlPlaneRow(
                            process.pid(),
                            replica.path("status").path("phase").asString("").equals("ACTIVE"),
                            replica.path("spec").path("zone").asString(""));
                }
            }
            return new ControlPlaneRow(process.pid(), false, "");
        }
    }
}
