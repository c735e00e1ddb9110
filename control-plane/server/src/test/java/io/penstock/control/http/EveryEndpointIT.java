// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.access.Permission;
import io.penstock.control.access.Role;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/// Every operation of the contract, with every role, on what is one's own and on what is another tenant's.
/// What is
/// added to the contract is tested from then on: nobody has to think of it.
class EveryEndpointIT extends ApiContract {
    private static final Pattern VARIABLE = Pattern.compile("\\{([^}]+)}");

    /// One operation of the contract.
    private record Operation(
            String method, String path, String id, Optional<Permission> permission, boolean ofOrganization) {
        boolean changes() {
            return !method.equals("GET");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    private static final List<Operation> OPERATIONS = new ArrayList<>();

    /// What a tenant has, by the names that the contract's paths give to ids.
    private record Holdings(String tenant, String cluster, Map<String, String> ids) {}

    private static @Nullable Holdings mine;
    private static @Nullable Holdings theirs;
    private static final Map<String, String> KEYS = new HashMap<>();

    @BeforeEach
    void prepare() {
        if (mine != null) {
            return;
        }
        readContract();
        var bucket = aBucket();
        mine = holdings(bucket);
        theirs = holdings(bucket);
    }

    @Test
    void theContractSaysOfEveryOperationWhoMayUseIt() {
        assertThat(OPERATIONS).hasSizeGreaterThan(80);
        // Whoever can name the operations that need nothing sees at once when one is added.
        assertThat(OPERATIONS.stream()
                        .filter(operation -> operation.permission().isEmpty())
                        .map(Operation::id))
                .containsExactlyInAnyOrder("getCaller", "getContract", "listProblems", "getProblem");
    }

    @Test
    void everyRoleGetsExactlyWhatItsTableSays() {
        var wrong = new TreeSet<String>();
        for (var role : Role.values()) {
            for (boolean everywhere : new boolean[] {true, false}) {
                var key = key(role, everywhere);
                for (var operation : OPERATIONS) {
                    boolean may = operation
                            .permission()
                            .map(permission -> role.allows(permission) && (everywhere || !operation.ofOrganization()))
                            .orElse(true);
                    var answer = call(operation, own(), key);
                    boolean refused = answer.status() == 403
                            && answer.text("/required_permission")
                                    .startsWith(operation
                                            .permission()
                                            .map(Permission::text)
                                            .orElse("?"));
                    if (refused == may) {
                        wrong.add(role + (everywhere ? " of the organization " : " of the tenant ") + operation + " -> "
                                + answer.status() + " " + answer.response().body());
                    }
                    if (answer.status() >= 500 && answer.status() != 503) {
                        wrong.add(operation + " -> " + answer.status());
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void aTenantsKeyReachesNothingOfAnotherTenant() {
        var key = key(Role.TENANT_ADMIN, false);
        var wrong = new TreeSet<String>();
        int tried = 0;
        for (var operation : OPERATIONS) {
            if (!VARIABLE.matcher(operation.path()).find()
                    || operation.permission().isEmpty()) {
                continue;
            }
            tried++;
            var there = call(operation, other(), key);
            var nowhere = call(operation, nothing(), key);
            // What a tenant's admin may do at all is answered as if there were nothing; the rest is refused alike.
            boolean may = !operation.ofOrganization()
                    && Role.TENANT_ADMIN.allows(operation.permission().get());
            if ((may && there.status() != 404) || !alike(there, nowhere)) {
                wrong.add(operation + " -> " + there.status() + " there, " + nowhere.status() + " nowhere: "
                        + there.response().body());
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(tried).isGreaterThan(60);
    }

    @Test
    void listsOfATenantsKeyShowNothingOfAnotherTenant() {
        var key = key(Role.TENANT_ADMIN, false);
        for (var operation : OPERATIONS) {
            if (operation.changes() || VARIABLE.matcher(operation.path()).find() || isEndless(operation)) {
                continue;
            }
            var answer = send("GET", operation.path() + "?page_size=500", null, key);
            var plain = answer.status() == 400 ? send("GET", operation.path(), null, key) : answer;
            for (var id : other().ids().values()) {
                if (!id.contains("_")) {
                    continue; // both have a topic of that name
                }
                assertThat(plain.response().body()).as(operation.toString()).doesNotContain(id);
            }
            assertThat(plain.response().body()).as(operation.toString()).doesNotContain(other().tenant());
        }
    }

    @Test
    void aKeyOfOneClusterReachesNoOtherClusterOfItsTenant() {
        var made = post(
                "/v1/clusters",
                "{\"metadata\":{\"name\":\"sibling\",\"tenant_id\":\"%s\"},\"spec\":{}}".formatted(own().tenant()));
        var sibling = made.text("/id");
        assertThat(sibling).startsWith("kc_");
        var key = post("/v1/api-keys", """
            {"metadata":{"name":"one-cluster"},"spec":{"role":"TENANT_ADMIN","cluster_id":"%s"}}\
            """.formatted(own().cluster())).text("/status/secret");

        assertThat(send("GET", "/v1/clusters/" + own().cluster(), null, key).status())
                .isEqualTo(200);
        assertThat(send("GET", "/v1/clusters/" + sibling, null, key).status()).isEqualTo(404);
        assertThat(send("GET", "/v1/clusters/" + sibling + "/topics", null, key).status())
                .isEqualTo(404);
        assertThat(send("GET", "/v1/clusters", null, key).json().at("/data").size())
                .isEqualTo(1);
        var refused = send(
                "POST",
                "/v1/clusters",
                "{\"metadata\":{\"name\":\"more\",\"tenant_id\":\"%s\"},\"spec\":{}}".formatted(own().tenant()),
                key);
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.text("/required_permission")).isEqualTo("cluster.manage in tenant " + own().tenant());
    }

    @Test
    void aKeyThatIsCutDownDoesNoMoreThanThat() {
        var key = post("/v1/api-keys", """
            {"metadata":{"name":"readers","tenant_id":"%s"},
             "spec":{"role":"DEVELOPER","permissions":["topic.read"]}}\
            """.formatted(own().tenant())).text("/status/secret");

        var topics = "/v1/clusters/" + own().cluster() + "/topics";
        assertThat(send("GET", topics, null, key).status()).isEqualTo(200);
        assertThat(send("DELETE", topics + "/orders", null, key).text("/required_permission"))
                .startsWith("topic.manage");
        assertThat(send("GET", "/v1/service-accounts", null, key).text("/required_permission"))
                .isEqualTo("access.read");
        assertThat(send("GET", "/v1/caller", null, key)
                        .json()
                        .at("/grants/0/permissions")
                        .toString())
                .isEqualTo("[\"tenant.read\",\"cluster.read\",\"topic.read\"]");
        assertThat(post("/v1/api-keys", """
            {"metadata":{"name":"too-much"},"spec":{"role":"VIEWER","permissions":["topic.manage"]}}\
            """).text("/errors/0/pointer")).isEqualTo("/spec/permissions/0");
    }

    private static boolean alike(Answer one, Answer other) {
        return one.status() == other.status()
                && one.text("/code").equals(other.text("/code"))
                && one.text("/required_permission").equals(other.text("/required_permission"));
    }

    private static boolean isEndless(Operation operation) {
        return operation.path().endsWith("/stream");
    }

    /// Changes are tried dry where that is possible, and with a body that says nothing: who may do it is
    /// decided before.
    private Answer call(Operation operation, Holdings holdings, String key) {
        var path = VARIABLE.matcher(operation.path()).replaceAll(match -> {
            var name = match.group(1);
            return switch (name) {
                case "tenant" -> holdings.tenant();
                case "cluster" -> holdings.cluster();
                case "id" -> holdings.ids().getOrDefault(base(operation.path()), "none");
                default -> holdings.ids().getOrDefault(name, "none");
            };
        });
        if (isEndless(operation)) {
            path += "?max_events=0";
        }
        var body = operation.changes() && !operation.method().equals("DELETE") ? "{}" : null;
        return send(operation.method(), path + (operation.changes() ? "?dry_run=true" : ""), body, key);
    }

    private static String base(String path) {
        return path.replaceFirst("/\\{id}.*", "").replaceFirst("/v1/", "");
    }

    private Holdings own() {
        return java.util.Objects.requireNonNull(mine);
    }

    private Holdings other() {
        return java.util.Objects.requireNonNull(theirs);
    }

    private static Holdings nothing() {
        return new Holdings("tn_00000000000000000000000000", "kc_00000000000000000000000000", Map.of());
    }

    private String key(Role role, boolean everywhere) {
        return KEYS.computeIfAbsent(
                role + " " + everywhere,
                name -> post("/v1/api-keys", """
                    {"metadata":{"name":"%s"%s},"spec":{"role":"%s"}}\
                    """.formatted(
                                        "every-" + name.toLowerCase(Locale.ROOT).replaceAll("[ _]", "-"),
                                        everywhere ? "" : ",\"tenant_id\":\"" + own().tenant() + "\"",
                                        role))
                        .text("/status/secret"));
    }

    /// A tenant with one of everything that tenants have.
    private Holdings holdings(String bucket) {
        var tenant = aTenant();
        var cluster = post("/v1/clusters", """
            {"metadata":{"name":"all","tenant_id":"%s"},"spec":{"bucket_id":"%s"}}\
            """.formatted(tenant, bucket)).text("/id");
        Awaitility.await()
                .until(() ->
                        get("/v1/clusters/" + cluster).text("/status/phase").equals("READY"));
        var ids = new TreeMap<String, String>();
        var below = "/v1/clusters/" + cluster;
        ids.put("operation", get("/v1/operations?resource_id=" + cluster).text("/data/0/id"));
        ids.put("topic", "orders");
        assertThat(post(below + "/topics", "{\"metadata\":{\"name\":\"orders\"}}")
                        .status())
                .isEqualTo(201);
        ids.put(
                "account",
                post("/v1/service-accounts", ofTenant("svc", tenant, "{}")).text("/id"));
        ids.put(
                "credential",
                post(below + "/credentials", """
                    {"spec":{"service_account_id":"%s"}}\
                    """.formatted(ids.get("account"))).text("/id"));
        ids.put("acl", post(below + "/acls", """
            {"spec":{"principal":"User:%s","resource_type":"TOPIC","resource_name":"orders","operation":"READ"}}\
            """.formatted(ids.get("account"))).text("/id"));
        ids.put(
                "key",
                post("/v1/api-keys", ofTenant("spare", tenant, "{\"role\":\"VIEWER\"}"))
                        .text("/id"));
        ids.put(
                "bucket",
                post(
                                "/v1/buckets",
                                ofTenant(
                                        "own-" + tenant.substring(20).toLowerCase(Locale.ROOT),
                                        tenant,
                                        "{\"uri\":\"file:%s\"}".formatted(folder().resolve(tenant))))
                        .text("/id"));
        ids.put(
                "role-bindings",
                post(
                                "/v1/role-bindings",
                                ofTenant(
                                        "watchers",
                                        tenant,
                                        "{\"principal\":\"group:nowhere/watchers\",\"role\":\"VIEWER\"}"))
                        .text("/id"));
        ids.forEach((name, id) -> assertThat(id).as(name).isNotEmpty());
        return new Holdings(tenant, cluster, Map.copyOf(ids));
    }

    private static String ofTenant(String name, String tenant, String spec) {
        return "{\"metadata\":{\"name\":\"%s\",\"tenant_id\":\"%s\"},\"spec\":%s}".formatted(name, tenant, spec);
    }

    private void readContract() {
        Map<?, ?> contract = new Yaml()
                .load(send("GET", "/v1/openapi.yaml", null, null).response().body());
        if (!(contract.get("paths") instanceof Map<?, ?> paths)) {
            throw new IllegalStateException("no paths");
        }
        paths.forEach((path, methods) -> {
            if (methods instanceof Map<?, ?> map) {
                map.forEach((method, details) -> {
                    if (details instanceof Map<?, ?> operation && !operation.containsKey("x-management")) {
                        OPERATIONS.add(new Operation(
                                String.valueOf(method).toUpperCase(Locale.ROOT),
                                String.valueOf(path),
                                String.valueOf(operation.get("operationId")),
                                Permission.ofText(String.valueOf(operation.get("x-permission"))),
                                "organization".equals(operation.get("x-scope"))));
                    }
                });
            }
        });
    }
}
