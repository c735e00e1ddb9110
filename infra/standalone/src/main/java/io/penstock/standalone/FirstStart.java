// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.DataFolder.Choices;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;

/// Makes what a newcomer needs to try Penstock: tenant `demo`, bucket, local fleet, cluster `demo`. Every step looks
/// before it makes, so an interrupted start is simply continued.
final class FirstStart {
    private final PenstockApi api;
    private final Choices choices;

    FirstStart(PenstockApi api, Choices choices) {
        this.api = api;
        this.choices = choices;
    }

    /// @return the cluster's id, when it is READY and its fleet is whole
    String ensureDemo(int withinSeconds) throws InterruptedException {
        String tenant = ensure("/v1/tenants", "demo", Map.of("metadata", Map.of("name", "demo"), "spec", Map.of()));
        String bucket = ensure(
                "/v1/buckets",
                "local",
                Map.of("metadata", Map.of("name", "local"), "spec", Map.of("uri", choices.bucket())));
        String fleet = ensure("/v1/fleets", "local", Map.of("metadata", Map.of("name", "local"), "spec", fleet()));
        JsonNode spec = api.get("/v1/fleets/" + fleet).path("spec");
        List<String> zones =
                spec.path("zones").valueStream().map(JsonNode::asString).toList();
        if (spec.path("desired_brokers").asInt() != choices.brokers() || !zones.equals(choices.zoneNames())) {
            api.patch("/v1/fleets/" + fleet, Map.of("spec", fleet()));
        }
        String cluster = ensure(
                "/v1/clusters",
                "demo",
                Map.of(
                        "metadata",
                        Map.of("name", "demo", "tenant_id", tenant),
                        "spec",
                        Map.of(
                                "fleet_id",
                                fleet,
                                "bucket_id",
                                bucket,
                                "latency_profile",
                                choices.profile(),
                                "auto_create_topics",
                                true,
                                "authentication",
                                "OPEN_ON_LOOPBACK")));
        awaitServing(fleet, cluster, withinSeconds);
        return cluster;
    }

    private Map<String, Object> fleet() {
        return Map.of("desired_brokers", choices.brokers(), "zones", choices.zoneNames());
    }

    private String ensure(String collection, String name, Map<String, ?> request) {
        return api.named(collection, name)
                .orElseGet(() -> api.post(collection, request))
                .path("id")
                .asString();
    }

    private void awaitServing(String fleet, String cluster, int withinSeconds) throws InterruptedException {
        String missing = "";
        for (int waited = 0; waited < withinSeconds * 5; waited++) {
            missing = missing(fleet, cluster);
            if (missing.isEmpty()) {
                return;
            }
            TimeUnit.MILLISECONDS.sleep(200);
        }
        throw new Trouble(
                Trouble.TRY_AGAIN, "not everything serves yet: " + missing + "; see the logs in the data folder");
    }

    private String missing(String fleet, String clusterId) {
        JsonNode cluster = api.get("/v1/clusters/" + clusterId);
        String phase = cluster.path("status").path("phase").asString("");
        if (phase.equals("FAILED")) {
            throw new Trouble(Trouble.SOFTWARE, "cluster demo could not be made: " + cluster.path("status"));
        }
        if (!phase.equals("READY")) {
            return "cluster demo is " + phase;
        }
        int serving = 0;
        int shards = 0;
        for (JsonNode broker : api.get("/v1/fleets/" + fleet + "/brokers").path("data")) {
            if (broker.path("status").path("phase").asString("").equals("SERVING")) {
                serving++;
            }
            shards += broker.path("status").path("shards_led").asInt(0);
        }
        if (serving < choices.brokers()) {
            return serving + " of " + choices.brokers() + " brokers serve";
        }
        return shards == 0 ? "no shard is led yet" : "";
    }
}
