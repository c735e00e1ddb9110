// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TenantsIT extends ApiContract {
    @Test
    void aTenantIsMadeReadChangedAndRemoved() {
        var made = post("/v1/tenants", """
                {"metadata":{"name":"acme","labels":{"team":"pay"}},"spec":{"description":"pipes"}}""");

        assertThat(made.status()).isEqualTo(201);
        var id = made.text("/id");
        assertThat(id).matches("tn_[0-9A-HJKMNP-TV-Z]{26}");
        assertThat(made.header("Location")).isEqualTo("/v1/tenants/" + id);
        assertThat(made.header("ETag")).isEqualTo("\"0\"");
        assertThat(made.text("/api_version")).isEqualTo("penstock/v1");
        assertThat(made.text("/kind")).isEqualTo("Tenant");
        assertThat(made.text("/metadata/labels/team")).isEqualTo("pay");
        assertThat(made.text("/metadata/resource_version")).isEqualTo("0");
        assertThat(made.text("/spec/description")).isEqualTo("pipes");
        assertThat(made.text("/status/phase")).isEqualTo("READY");

        var changed = patch("/v1/tenants/" + id, """
                {"metadata":{"labels":{"team":null,"tier":"gold"}}}""", "If-Match", "\"0\"");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().at("/metadata/labels").toString()).isEqualTo("{\"tier\":\"gold\"}");
        assertThat(changed.header("ETag")).isEqualTo("\"1\"");
        assertThat(get("/v1/tenants/" + id, "If-None-Match", "\"1\"").status()).isEqualTo(304);

        var stale = patch("/v1/tenants/" + id, """
                {"metadata":{"name":"late"}}""", "If-Match", "\"0\"");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.text("/code")).isEqualTo("version_conflict");
        assertThat(stale.text("/current_version")).isEqualTo("1");

        assertThat(delete("/v1/tenants/" + id).status()).isEqualTo(204);
        assertThat(delete("/v1/tenants/" + id).status()).isEqualTo(404);
    }

    @Test
    void aProtectedTenantIsNotDeleted() {
        var id = post("/v1/tenants", """
                {"metadata":{"name":"keeper","deletion_protection":true}}""").text("/id");

        var refused = delete("/v1/tenants/" + id);

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/code")).isEqualTo("deletion_protected");
    }

    @Test
    void aTakenNameTellsWhoHasIt() {
        var id = post("/v1/tenants", """
                {"metadata":{"name":"taken"}}""").text("/id");

        var refused = post("/v1/tenants", """
                {"metadata":{"name":"taken"}}""");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/code")).isEqualTo("already_exists");
        assertThat(refused.text("/existing_id")).isEqualTo(id);
    }

    @Test
    void anUnknownFieldIsNamedByItsPointer() {
        var refused = post("/v1/tenants", """
                {"metadata":{"name":"typo","lables":{}}}""");

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.header("Content-Type")).startsWith("application/problem+json");
        assertThat(refused.text("/code")).isEqualTo("unknown_field");
        assertThat(refused.text("/errors/0/pointer")).isEqualTo("/metadata/lables");
        assertThat(refused.text("/request_id")).isEqualTo(refused.header("X-Request-Id"));
        var patched = patch("/v1/tenants/" + post("/v1/tenants", """
                {"metadata":{"name":"typo-two"}}""").text("/id"), """
                {"status":{"phase":"READY"}}""");
        assertThat(patched.text("/code")).isEqualTo("unknown_field");
        assertThat(patched.text("/errors/0/pointer")).isEqualTo("/status");
    }

    @Test
    void everythingWrongIsToldAtOnce() {
        var refused = post("/v1/tenants", """
                {"kind":"Cluster","metadata":{"name":"Not A Name","labels":{"":"x"}}}""");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text("/code")).isEqualTo("validation_failed");
        assertThat(refused.json().at("/errors").size()).isEqualTo(3);
        assertThat(post("/v1/tenants", "{\"metadata\":").text("/code")).isEqualTo("invalid_argument");
    }

    @Test
    void pagesHangTogetherAndTheirTokensCannotBeForged() {
        for (int i = 0; i < 5; i++) {
            post("/v1/tenants", "{\"metadata\":{\"name\":\"page-" + i + "\"}}");
        }
        var first = get("/v1/tenants?page_size=2&include=total_size");
        var next = first.text("/metadata/next");
        assertThat(first.json().at("/data").size()).isEqualTo(2);
        assertThat(first.json().at("/metadata/total_size").asInt()).isGreaterThanOrEqualTo(5);

        var seen = new java.util.TreeSet<String>();
        first.json().at("/data").forEach(tenant -> seen.add(tenant.at("/id").asString()));
        while (!next.isEmpty()) {
            var page = get(next.substring(next.indexOf("/v1/")));
            page.json()
                    .at("/data")
                    .forEach(tenant ->
                            assertThat(seen.add(tenant.at("/id").asString())).isTrue());
            next = page.text("/metadata/next");
        }
        assertThat(seen).hasSize(first.json().at("/metadata/total_size").asInt());

        var forged = get("/v1/tenants?page_token=" + "A".repeat(40));
        assertThat(forged.status()).isEqualTo(400);
        assertThat(forged.text("/errors/0/pointer")).isEqualTo("?page_token");
        assertThat(get("/v1/tenants?colour=red").text("/code")).isEqualTo("invalid_argument");
    }

    @Test
    void aDryRunMakesChangesAndDeletesNothing() {
        var name = "dry-tenant";
        var dry = post("/v1/tenants?dry_run=true", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        assertThat(dry.status()).isEqualTo(200);
        assertThat(dry.text("/id")).isEmpty();
        assertThat(dry.text("/metadata/self")).isEqualTo("/v1/tenants/");

        var made = post("/v1/tenants", "{\"metadata\":{\"name\":\"" + name + "\"}}");
        assertThat(made.status()).isEqualTo(201);
        var self = made.text("/metadata/self");
        assertThat(post("/v1/tenants?dry_run=true", "{\"metadata\":{\"name\":\"" + name + "\"}}")
                        .status())
                .isEqualTo(409);
        var renamed = patch(self + "?dry_run=true", "{\"metadata\":{\"name\":\"other-name\"}}");
        assertThat(renamed.text("/metadata/name")).isEqualTo("other-name");
        assertThat(renamed.text("/x_changes/0/pointer")).isEqualTo("/metadata/name");
        assertThat(renamed.text("/x_changes/0/from")).isEqualTo(name);
        assertThat(delete(self + "?dry_run=true").status()).isEqualTo(200);
        assertThat(delete(self + "?dry_run=maybe").status()).isEqualTo(400);
        assertThat(get(self).text("/metadata/name")).isEqualTo(name);
        assertThat(delete(self).status()).isEqualTo(204);
    }

    @Test
    void everyAnswerTellsTheLimit() {
        var answer = get("/v1/tenants?order_by=-name");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("1000");
        assertThat(Integer.parseInt(answer.header("X-RateLimit-Remaining"))).isPositive();
        assertThat(answer.header("X-RateLimit-Reset")).isNotEmpty();
    }
}
