// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class EventsIT extends ApiContract {
    private Answer audit(String resource) {
        return get("/v1/events?type=audit.&resource_id=" + resource);
    }

    @Test
    void whoDidWhatIsNotedWithWhatBecameDifferent() {
        var tenant = post(
                        "/v1/tenants",
                        "{\"metadata\":{\"name\":\"audited\"},\"spec\":{\"description\":\"first\"}}",
                        "User-Agent",
                        "a-test/1",
                        "X-Request-Id",
                        "req-audited")
                .text("/id");
        patch("/v1/tenants/" + tenant, "{\"spec\":{\"description\":\"second\"}}");
        patch("/v1/tenants/" + tenant + "?dry_run=true", "{\"spec\":{\"description\":\"never\"}}");
        delete("/v1/tenants/" + tenant);

        var events = audit(tenant);
        assertThat(events.json().at("/data").size()).isEqualTo(3);
        assertThat(events.text("/data/0/type")).isEqualTo("audit.tenant.delete");
        assertThat(events.text("/data/0/data/changes/0/from")).isEqualTo("audited");
        assertThat(events.text("/data/1/type")).isEqualTo("audit.tenant.update");
        assertThat(events.json().at("/data/1/data/changes").size()).isEqualTo(1);
        assertThat(events.text("/data/1/data/changes/0/pointer")).isEqualTo("/spec/description");
        assertThat(events.text("/data/1/data/changes/0/from")).isEqualTo("first");
        assertThat(events.text("/data/1/data/changes/0/to")).isEqualTo("second");
        assertThat(events.text("/data/2/type")).isEqualTo("audit.tenant.create");
        assertThat(events.text("/data/2/data/request_id")).isEqualTo("req-audited");
        assertThat(events.text("/data/2/data/user_agent")).isEqualTo("a-test/1");
        assertThat(events.text("/data/2/data/address")).isEqualTo("127.0.0.1");
        assertThat(events.text("/data/2/data/actor")).startsWith("key_");
        assertThat(events.text("/data/2/data/actor_name")).isEqualTo("bootstrap");
        assertThat(events.text("/data/2/data/outcome")).isEqualTo("SUCCEEDED");
    }

    @Test
    void noSecretIsInAnEvent() {
        var made = post("/v1/api-keys", "{\"metadata\":{\"name\":\"secretive\"},\"spec\":{\"role\":\"VIEWER\"}}");

        var events = audit(made.text("/id")).response().body();
        assertThat(events).contains("audit.api_key.create").doesNotContain(made.text("/status/secret"));
    }

    @Test
    void whatSomebodyWasNotAllowedToDoIsNotedToo() {
        var tenant = aTenant();
        var viewer = post("/v1/api-keys", """
            {"metadata":{"name":"watcher","tenant_id":"%s"},"spec":{"role":"VIEWER"}}\
            """.formatted(tenant));

        assertThat(send("DELETE", "/v1/tenants/" + tenant, null, viewer.text("/status/secret"))
                        .status())
                .isEqualTo(403);

        var denied = get("/v1/events?type=audit.tenant.delete&actor=" + viewer.text("/id"));
        assertThat(denied.text("/data/0/data/outcome")).isEqualTo("DENIED");
        assertThat(denied.text("/data/0/subject")).isEqualTo(tenant);
        assertThat(denied.text("/data/0/data/tenant_id")).isEqualTo(tenant);
    }

    @Test
    void aTenantSeesItsEventsAndItsAdminWhoDidThem() {
        var mine = aTenant();
        var theirs = aTenant();
        for (var tenant : new String[] {mine, theirs}) {
            post("/v1/service-accounts", """
                {"metadata":{"name":"seen","tenant_id":"%s"},"spec":{}}\
                """.formatted(tenant));
        }
        var admin = post("/v1/api-keys", """
            {"metadata":{"name":"admin","tenant_id":"%s"},"spec":{"role":"TENANT_ADMIN"}}\
            """.formatted(mine)).text("/status/secret");
        var viewer = post("/v1/api-keys", """
            {"metadata":{"name":"viewer","tenant_id":"%s"},"spec":{"role":"VIEWER"}}\
            """.formatted(mine)).text("/status/secret");

        var seen = send("GET", "/v1/events", null, admin).response().body();
        assertThat(seen).contains("audit.service_account.create", mine).doesNotContain(theirs);
        assertThat(send("GET", "/v1/events", null, viewer).response().body()).doesNotContain("audit.");
        assertThat(send("GET", "/v1/events?include=total_size", null, viewer)
                        .json()
                        .at("/metadata/total_size")
                        .asInt())
                .isZero();
    }

    @Test
    void eventsArePagedAndFilteredByTime() {
        var tenant = aTenant();
        for (int i = 0; i < 5; i++) {
            patch("/v1/tenants/" + tenant, "{\"spec\":{\"description\":\"%d\"}}".formatted(i));
        }
        var path = "/v1/events?page_size=2&type=audit.&resource_id=" + tenant;
        var first = get(path);
        var second = get(path + "&page_token=" + first.text("/metadata/next_page_token"));

        assertThat(first.json().at("/data").size()).isEqualTo(2);
        assertThat(second.text("/data/0/id")).isLessThan(first.text("/data/1/id"));
        assertThat(get("/v1/events?until=2001-01-01T00:00:00Z")
                        .json()
                        .at("/data")
                        .size())
                .isZero();
        assertThat(get("/v1/events?since=soon").text("/errors/0/pointer")).isEqualTo("?since");
    }

    @Test
    void aFollowerIsToldWhatHappensAndGoesOnWhereItWas() {
        var tenant = aTenant();
        var path = "/v1/events/stream?tenant_id=" + tenant + "&max_events=";
        var following = CompletableFuture.supplyAsync(() -> get(path + "2"));
        // The stream begins with what happens after it was opened; until then there is nothing to wait for.
        Awaitility.await().until(() -> {
            patch("/v1/tenants/" + tenant, "{\"spec\":{\"description\":\"x\"}}");
            return following.isDone();
        });

        var told = following.join();
        assertThat(told.header("Content-Type")).startsWith("text/event-stream");
        var ids = told.response()
                .body()
                .lines()
                .filter(line -> line.startsWith("id: "))
                .map(line -> line.substring(4))
                .toList();
        assertThat(ids).hasSize(2).isSorted();
        assertThat(told.response().body()).contains("event: audit.tenant.update", "data: {\"specversion\":\"1.0\"");
        var again = get(path + "1", "Last-Event-ID", ids.getFirst());
        assertThat(again.response().body()).contains("id: " + ids.get(1));
        assertThat(get(path + "1", "Last-Event-ID", "ev_none").status()).isEqualTo(404);
    }
}
