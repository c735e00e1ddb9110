// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.cluster.PaperFleet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClustersIT extends ApiContract {
    private String tenant = "";

    @BeforeEach
    void aTenantAndABucket() {
        tenant = aTenant();
        aBucket();
    }

    @Test
    void aClusterIsMadeByAnOperationThatCanBeFollowed() {
        var accepted = post("/v1/clusters", """
                {"metadata":{"name":"orders","tenant_id":"%s","labels":{"team":"pay"}},"spec":{"shards":8}}""".formatted(tenant));

        assertThat(accepted.status()).isEqualTo(202);
        var id = accepted.text("/id");
        assertThat(id).startsWith("kc_");
        assertThat(accepted.header("Location")).isEqualTo("/v1/clusters/" + id);
        assertThat(accepted.header("Retry-After")).isEqualTo("1");
        assertThat(accepted.header("Operation-Location"))
                .isEqualTo("/v1/operations/" + accepted.text("/status/operation_id"));
        var operation = get(accepted.header("Operation-Location") + "?wait=30s");
        assertThat(operation.text("/state")).isEqualTo("SUCCEEDED");
        assertThat(operation.text("/type")).isEqualTo("cluster.create");
        assertThat(operation.text("/resource/id")).isEqualTo(id);
        assertThat(operation.json().at("/progress/percent").asInt()).isEqualTo(100);
        assertThat(operation.json().at("/progress/steps").size()).isEqualTo(2);
        assertThat(operation.text("/request_id")).isEqualTo(accepted.header("X-Request-Id"));

        var cluster = get("/v1/clusters/" + id);
        assertThat(cluster.text("/status/phase")).isEqualTo("READY");
        assertThat(cluster.text("/spec/latency_profile")).isEqualTo("BALANCED");
        assertThat(cluster.json().at("/spec/auto_create_topics").asBoolean()).isTrue();
        assertThat(cluster.text("/status/bootstrap_servers")).matches("127.0.0.1:\\d+(,127.0.0.1:\\d+){2}");
        assertThat(cluster.json().at("/status/brokers").size()).isEqualTo(3);
        assertThat(cluster.json().at("/status/shards_led").asInt()).isEqualTo(8);
        assertThat(cluster.text("/status/conditions/0/status")).isEqualTo("TRUE");
        assertThat(get("/v1/clusters?label=team:pay&tenant_id=" + tenant)
                        .json()
                        .at("/data")
                        .size())
                .isEqualTo(1);
        assertThat(get("/v1/clusters?label=team:other&tenant_id=" + tenant)
                        .json()
                        .at("/data")
                        .size())
                .isZero();
    }

    @Test
    void whoeverPrefersToWaitGetsTheFinishedCluster() {
        var made = post("/v1/clusters", """
                {"metadata":{"name":"patient","tenant_id":"%s"}}""".formatted(tenant), "Prefer", "wait=30");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.text("/status/phase")).isEqualTo("READY");
        assertThat(made.header("Preference-Applied")).isEqualTo("wait=30");
    }

    @Test
    void everyClusterHasPortsOfItsOwnAndADeletedOnesAreFreeAgain() {
        var first = made("ports-a");
        var second = made("ports-b");
        var portsOfFirst = get("/v1/clusters/" + first).text("/status/bootstrap_servers");
        assertThat(portsOfFirst).isNotEqualTo(get("/v1/clusters/" + second).text("/status/bootstrap_servers"));

        var deleting = delete("/v1/clusters/" + first);
        assertThat(deleting.status()).isEqualTo(202);
        assertThat(get(deleting.header("Operation-Location") + "?wait=30").text("/state"))
                .isEqualTo("SUCCEEDED");

        assertThat(get("/v1/clusters/" + first).status()).isEqualTo(404);
        assertThat(delete("/v1/clusters/" + first).status()).isEqualTo(404);
        var third = made("ports-a");
        assertThat(get("/v1/clusters/" + third).text("/status/bootstrap_servers"))
                .isEqualTo(portsOfFirst);
    }

    @Test
    void aDeletedClusterIsListedAndRestored() {
        var id = made("undone");
        post("/v1/clusters/" + id + "/topics", "{\"metadata\":{\"name\":\"orders\"}}");
        assertThat(post("/v1/clusters/" + id + "/restores", "").status()).isEqualTo(409);
        get(delete("/v1/clusters/" + id).header("Operation-Location") + "?wait=30");
        var listed = get("/v1/clusters?deleted=true&tenant_id=" + tenant);
        assertThat(listed.json().at("/data").size()).isEqualTo(1);
        assertThat(listed.text("/data/0/id")).isEqualTo(id);
        assertThat(listed.text("/data/0/status/restorable_until")).isNotEmpty();
        var successor = made("undone");
        var taken = post("/v1/clusters/" + id + "/restores", "");
        assertThat(taken.status()).isEqualTo(409);
        assertThat(taken.text("/existing_id")).isEqualTo(successor);
        patch("/v1/clusters/" + successor, "{\"metadata\":{\"name\":\"successor\"}}");

        var restoring = post("/v1/clusters/" + id + "/restores", "");

        assertThat(restoring.status()).as(restoring.response().body()).isEqualTo(202);
        var operation = get(restoring.header("Operation-Location") + "?wait=30");
        assertThat(operation.text("/type")).isEqualTo("cluster.restore");
        assertThat(operation.text("/state")).isEqualTo("SUCCEEDED");
        assertThat(get("/v1/clusters/" + id).text("/status/phase")).isEqualTo("READY");
        assertThat(get("/v1/clusters/" + id + "/topics/orders").text("/status/phase"))
                .isEqualTo("READY");
        assertThat(get("/v1/clusters?deleted=true&tenant_id=" + tenant)
                        .json()
                        .at("/data")
                        .size())
                .isZero();
        assertThat(get("/v1/clusters/" + id).text("/status/bootstrap_servers"))
                .isNotEqualTo(get("/v1/clusters/" + successor).text("/status/bootstrap_servers"));
    }

    @Test
    void settingsChangeAndTheRestNeverDoes() {
        var id = made("changing");
        var entry = get("/v1/clusters/" + id).json().at("/status/metalog_entry").asInt();

        var changed = patch("/v1/clusters/" + id, """
                {"metadata":{"name":"changed"},"spec":{"latency_profile":"FAST","auto_create_topics":false}}""");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/spec/latency_profile")).isEqualTo("FAST");
        assertThat(changed.json().at("/status/metalog_entry").asInt()).isEqualTo(entry + 1);

        var refused = patch("/v1/clusters/" + id, "{\"spec\":{\"shards\":3}}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/errors/0/code")).isEqualTo("immutable");
    }

    @Test
    void aDeletedClusterIsStillInItsBucketAndCanBeAdopted() {
        var id = made("regretted");
        var prefix = get("/v1/clusters/" + id).text("/spec/prefix");
        var whileItLives = adopt("regretted-too", prefix);
        assertThat(whileItLives.status()).isEqualTo(409);
        assertThat(whileItLives.text("/existing_id")).isEqualTo(id);
        get(delete("/v1/clusters/" + id).header("Operation-Location") + "?wait=30");

        var adopting = adopt("had-back", prefix);

        assertThat(adopting.status()).as(adopting.response().body()).isEqualTo(202);
        assertThat(adopting.text("/id")).isEqualTo(id);
        var operation = get(adopting.header("Operation-Location") + "?wait=30");
        assertThat(operation.text("/type")).isEqualTo("cluster.adopt");
        assertThat(operation.text("/state")).isEqualTo("SUCCEEDED");
        var cluster = get("/v1/clusters/" + id);
        assertThat(cluster.text("/metadata/name")).isEqualTo("had-back");
        assertThat(cluster.text("/status/phase")).isEqualTo("READY");
        assertThat(cluster.text("/spec/prefix")).isEqualTo(prefix);
    }

    @Test
    void whatCannotBeAdoptedIsToldAtOnce() {
        assertThat(adopt("a", "tn_1/kc_nowhere").text("/errors/0/code")).isEqualTo("not_found");
        assertThat(adopt("a", "../elsewhere").text("/errors/0/code")).isEqualTo("malformed");
        var said = post("/v1/clusters", """
                {"metadata":{"name":"a","tenant_id":"%s"},"spec":{"prefix":"tn_1/kc_1","shards":3}}""".formatted(tenant));
        assertThat(said.text("/errors/0/code")).isEqualTo("not_with_prefix");
        var elsewhere = post("/v1/clusters", """
                {"metadata":{"name":"a","tenant_id":"%s"},"spec":{"prefix":"tn_1/kc_1","bucket_id":"bkt_none"}}""".formatted(tenant));
        assertThat(elsewhere.text("/errors/0/pointer")).isEqualTo("/spec/bucket_id");
        assertThat(elsewhere.text("/errors/0/code")).isEqualTo("not_found");
    }

    private Answer adopt(String name, String prefix) {
        return post("/v1/clusters", """
                {"metadata":{"name":"%s","tenant_id":"%s"},"spec":{"prefix":"%s"}}""".formatted(name, tenant, prefix));
    }

    @Test
    void whatIsInTheWayIsNamed() {
        var id = made("in-the-way");

        var tenantRefused = delete("/v1/tenants/" + tenant);
        assertThat(tenantRefused.status()).isEqualTo(409);
        assertThat(tenantRefused.text("/code")).isEqualTo("not_empty");
        assertThat(tenantRefused.text("/blocking/0/id")).isEqualTo(id);

        get(delete("/v1/clusters/" + id).header("Operation-Location") + "?wait=30");
        assertThat(delete("/v1/tenants/" + tenant).status()).isEqualTo(204);
    }

    @Test
    void aCreationThatCannotEndCanBeCancelledAndDeleted() {
        var accepted = post("/v1/clusters", """
                {"metadata":{"name":"%s-served","tenant_id":"%s"}}""".formatted(PaperFleet.NEVER, tenant));
        var operation = accepted.header("Operation-Location");
        assertThat(get(operation + "?wait=1").text("/state")).isIn("PENDING", "RUNNING");
        assertThat(post("/v1/clusters/" + accepted.text("/id") + "/topics", """
                        {"metadata":{"name":"early"}}""").status())
                .isEqualTo(503);

        assertThat(post(operation + "/cancellations", "").status()).isEqualTo(202);

        assertThat(get(operation + "?wait=30").text("/state")).isEqualTo("CANCELLED");
        assertThat(get("/v1/clusters/" + accepted.text("/id")).text("/status/phase"))
                .isEqualTo("FAILED");
        assertThat(post(operation + "/cancellations", "").text("/code")).isEqualTo("invalid_state");
        assertThat(get(delete("/v1/clusters/" + accepted.text("/id")).header("Operation-Location") + "?wait=30")
                        .text("/state"))
                .isEqualTo("SUCCEEDED");
    }

    @Test
    void aDryRunAnswersAsTheRunWouldAndChangesNothing() {
        var made = post("/v1/clusters?dry_run=true", """
                {"metadata":{"name":"dry","tenant_id":"%s"}}""".formatted(tenant));
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.text("/id")).isEmpty();
        assertThat(made.json().at("/spec/shards").asInt()).isPositive();
        assertThat(made.header("Operation-Location")).isEmpty();
        assertThat(get("/v1/clusters?tenant_id=" + tenant).response().body()).doesNotContain("\"dry\"");
        var noFleet = post("/v1/clusters?dry_run=true", """
                {"metadata":{"name":"x","tenant_id":"%s"},"spec":{"fleet_id":"flt_x"}}""".formatted(tenant));
        assertThat(noFleet.status()).isEqualTo(422);

        var id = made("for-real");
        var changed = patch("/v1/clusters/" + id + "?dry_run=true", """
                {"metadata":{"labels":{"team":"pay"}},"spec":{"latency_profile":"ECONOMY"}}""");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.text("/spec/latency_profile")).isEqualTo("ECONOMY");
        assertThat(changed.json().at("/x_changes").toString())
                .contains("\"pointer\":\"/metadata/labels/team\"")
                .contains("\"pointer\":\"/spec/latency_profile\"")
                .contains("\"requires_restart\":true");
        assertThat(get("/v1/clusters/" + id).text("/spec/latency_profile")).isNotEqualTo("ECONOMY");
        int entry = get("/v1/clusters/" + id).json().at("/status/metalog_entry").asInt();
        var deleted = delete("/v1/clusters/" + id + "?dry_run=true");
        assertThat(deleted.status()).isEqualTo(200);
        assertThat(deleted.json().at("/x_changes/0/destructive").asBoolean()).isTrue();
        assertThat(get("/v1/clusters/" + id).text("/status/phase")).isEqualTo("READY");
        assertThat(patch("/v1/clusters/" + id, "{\"spec\":{\"latency_profile\":\"ECONOMY\"}}")
                        .status())
                .isEqualTo(200);
        assertThat(get("/v1/clusters/" + id).json().at("/status/metalog_entry").asInt())
                .isEqualTo(entry + 1);
    }

    @Test
    void aLiveStatusIsNeverNotModified() {
        var id = made("live");
        var etag = get("/v1/clusters/" + id).header("ETag");
        assertThat(etag).isNotEmpty();
        assertThat(get("/v1/clusters/" + id, "If-None-Match", etag).status()).isEqualTo(200);
        assertThat(delete("/v1/clusters/" + id, "If-Match", etag).status()).isEqualTo(202);
    }

    @Test
    void wrongReferencesAreNamedByTheirFields() {
        var noFleet = post("/v1/clusters", """
                {"metadata":{"name":"x","tenant_id":"%s"},"spec":{"fleet_id":"flt_x"}}""".formatted(tenant));
        assertThat(noFleet.status()).isEqualTo(422);
        assertThat(noFleet.text("/errors/0/pointer")).isEqualTo("/spec/fleet_id");
        var noBucket = post("/v1/clusters", """
                {"metadata":{"name":"x","tenant_id":"%s"},"spec":{"bucket_id":"bkt_x"}}""".formatted(tenant));
        assertThat(noBucket.text("/errors/0/pointer")).isEqualTo("/spec/bucket_id");
        assertThat(post("/v1/clusters", "{\"metadata\":{\"name\":\"x\"}}").text("/errors/0/pointer"))
                .isEqualTo("/metadata/tenant_id");
        assertThat(post("/v1/clusters", """
                        {"metadata":{"name":"x","tenant_id":"%s"},"spec":{"shards":5000,"latency_profile":"WARP"}}""".formatted(tenant))
                        .json()
                        .at("/errors")
                        .size())
                .isEqualTo(2);
    }

    @Test
    void anotherTenantsKeyFindsNothing() {
        var id = made("hidden");
        var other = aTenant();
        var key = post("/v1/api-keys", """
                {"metadata":{"name":"other","tenant_id":"%s"},"spec":{"role":"TENANT_ADMIN"}}""".formatted(other)).text("/status/secret");

        assertThat(send("GET", "/v1/clusters/" + id, null, key).status()).isEqualTo(404);
        assertThat(send("GET", "/v1/clusters/" + id + "/topics", null, key).status())
                .isEqualTo(404);
        assertThat(send("DELETE", "/v1/clusters/" + id, null, key).status()).isEqualTo(404);
        assertThat(send("GET", "/v1/clusters", null, key).json().at("/data").size())
                .isZero();
        var mine = send("POST", "/v1/clusters", "{\"metadata\":{\"name\":\"mine\"}}", key);
        assertThat(mine.status()).isEqualTo(202);
        assertThat(mine.text("/metadata/tenant_id")).isEqualTo(other);
        assertThat(send("GET", mine.header("Operation-Location") + "?wait=30", null, key)
                        .text("/state"))
                .isEqualTo("SUCCEEDED");
    }

    private String made(String name) {
        return post("/v1/clusters", """
                {"metadata":{"name":"%s","tenant_id":"%s"}}""".formatted(name, tenant), "Prefer", "wait=30")
                .text("/id");
    }
}
