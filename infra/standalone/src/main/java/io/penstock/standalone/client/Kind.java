// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/// A kind of thing, as people name it at a terminal: `cluster`, `clusters`, `Cluster` and `kc` are the same.
///
/// @param collection last part of its path in the API
/// @param scope what holds it
/// @param columns what a table shows beside id, name and phase: a heading and a JSON pointer into the envelope
record Kind(String collection, Scope scope, List<Column> columns) {
    /// What must be named beside a thing to find it.
    enum Scope {
        ORGANIZATION,
        CLUSTER,
        FLEET
    }

    /// @param pointer into the envelope
    record Column(String heading, String pointer) {}

    private static final List<Kind> KNOWN = List.of(
            organization("tenants"),
            organization("buckets", "URI", "/spec/uri"),
            organization("fleets", "DESIRED", "/spec/desired_brokers", "SERVING", "/status/serving"),
            organization("clusters", "TENANT", "/metadata/tenant_id", "BOOTSTRAP SERVERS", "/status/bootstrap_servers"),
            organization("service-accounts", "TENANT", "/metadata/tenant_id", "PRINCIPAL", "/status/principal"),
            organization("api-keys", "ROLE", "/spec/role", "EXPIRES", "/spec/expires_at"),
            organization("operations", "TYPE", "/type", "STATE", "/state", "RESOURCE", "/resource/id"),
            new Kind(
                    "brokers",
                    Scope.FLEET,
                    columns("NODE", "/status/node_id", "ZONE", "/status/zone", "SHARDS LED", "/status/shards_led")),
            ofCluster("topics", "PARTITIONS", "/spec/partitions"),
            ofCluster(
                    "credentials",
                    "ACCOUNT",
                    "/spec/service_account_id",
                    "MECHANISM",
                    "/spec/mechanism",
                    "EXPIRES",
                    "/spec/expires_at"),
            ofCluster(
                    "acls",
                    "PRINCIPAL",
                    "/spec/principal",
                    "PERMISSION",
                    "/spec/permission",
                    "OPERATION",
                    "/spec/operation",
                    "TYPE",
                    "/spec/resource_type",
                    "RESOURCE",
                    "/spec/resource_name",
                    "PATTERN",
                    "/spec/pattern_type"),
            ofCluster("quotas"),
            ofCluster("consumer-groups", "STATE", "/status/state", "MEMBERS", "/status/members"));

    private static final Map<String, String> SHORT = Map.of(
            "kc", "clusters",
            "sa", "service-accounts",
            "group", "consumer-groups",
            "groups", "consumer-groups");

    /// Kinds that this program has not heard of are the API's to know.
    static Kind named(String word) {
        var text = word.replaceAll("([a-z])([A-Z])", "$1-$2").replace('_', '-').toLowerCase(Locale.ROOT);
        var collection = SHORT.getOrDefault(text, text.endsWith("s") ? text : text + "s");
        return KNOWN.stream()
                .filter(kind -> kind.collection.equals(collection))
                .findFirst()
                .orElseGet(() -> organization(collection));
    }

    /// Where the collection is.
    ///
    /// @param cluster id of the cluster that was named
    /// @param fleet id of the fleet that was named
    String path(Optional<String> cluster, Optional<String> fleet) {
        return switch (scope) {
            case ORGANIZATION -> "/v1/" + collection;
            case CLUSTER -> "/v1/clusters/" + named(cluster, "cluster") + "/" + collection;
            case FLEET -> "/v1/fleets/" + named(fleet, "fleet") + "/" + collection;
        };
    }

    private String named(Optional<String> holder, String what) {
        return ControlPlane.escape(holder.orElseThrow(
                () -> new Refusal(Refusal.USAGE, collection + " belong to a " + what + ": name it with --" + what)));
    }

    /// What stands for one of them in a path.
    static String address(JsonNode envelope) {
        var self = envelope.path("metadata").path("self").asString("");
        return self.isEmpty() ? envelope.path("id").asString("") : self.substring(self.lastIndexOf('/') + 1);
    }

    String singular() {
        return collection.substring(0, collection.length() - 1);
    }

    private static Kind organization(String collection, String... columns) {
        return new Kind(collection, Scope.ORGANIZATION, columns(columns));
    }

    private static Kind ofCluster(String collection, String... columns) {
        return new Kind(collection, Scope.CLUSTER, columns(columns));
    }

    private static List<Column> columns(String... pairs) {
        return java.util.stream.IntStream.range(0, pairs.length / 2)
                .mapToObj(pair -> new Column(pairs[2 * pair], pairs[2 * pair + 1]))
                .toList();
    }
}
