// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TopicsIT extends ApiContract {
    private String topics = "";

    @BeforeEach
    void aCluster() {
        aBucket();
        var made = post("/v1/clusters", """
                {"metadata":{"name":"kafka","tenant_id":"%s"},"spec":{"default_partitions":3}}""".formatted(aTenant()), "Prefer", "wait=30");
        topics = "/v1/clusters/" + made.text("/id") + "/topics";
    }

    @Test
    void aTopicIsMadeReadGrownSetAndDeleted() {
        var made = post(topics, """
                {"metadata":{"name":"orders"},"spec":{"partitions":4,"configs":{"retention.ms":"1000"}}}""");

        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("Location")).isEqualTo(topics + "/orders");
        assertThat(made.json().at("/spec/partitions").asInt()).isEqualTo(4);
        assertThat(made.json().at("/spec/replication_factor").asInt()).isEqualTo(3);
        assertThat(made.text("/status/phase")).isEqualTo("READY");
        var version = made.header("ETag");

        var changed = patch(topics + "/orders", """
                {"spec":{"partitions":6,"configs":{"retention.ms":null,"cleanup.policy":"compact"}}}""", "If-Match", version);
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().at("/spec/partitions").asInt()).isEqualTo(6);
        assertThat(changed.json().at("/spec/configs").toString()).isEqualTo("{\"cleanup.policy\":\"compact\"}");
        assertThat(changed.text("/id")).isEqualTo(made.text("/id"));
        assertThat(patch(topics + "/orders", "{\"spec\":{\"partitions\":9}}", "If-Match", version)
                        .status())
                .isEqualTo(412);

        var partitions = get(topics + "/orders/partitions?page_size=4&include=total_size");
        assertThat(partitions.json().at("/data").size()).isEqualTo(4);
        assertThat(partitions.json().at("/metadata/total_size").asInt()).isEqualTo(6);
        assertThat(partitions.json().at("/data/3/leader/port").asInt()).isPositive();
        var rest = partitions.text("/metadata/next");
        assertThat(get(rest.substring(rest.indexOf("/v1/"))).json().at("/data").size())
                .isEqualTo(2);

        var configs = get(topics + "/orders/configs").json().at("/data");
        assertThat(configs.size()).isGreaterThan(20);
        configs.forEach(config -> {
            if (config.at("/name").asString().equals("cleanup.policy")) {
                assertThat(config.at("/value").asString()).isEqualTo("compact");
                assertThat(config.at("/source").asString()).isEqualTo("SET");
            }
        });

        assertThat(delete(topics + "/orders").status()).isEqualTo(204);
        assertThat(get(topics + "/orders").text("/status/phase")).isEqualTo("DELETING");
        var again = post(topics, "{\"metadata\":{\"name\":\"orders\"}}");
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.text("/kafka_error")).isEqualTo("TOPIC_ALREADY_EXISTS");
        assertThat(again.text("/detail")).contains("marked for deletion");
    }

    @Test
    void aDeletedTopicIsListedAndRestored() {
        var made = post(topics, """
                {"metadata":{"name":"orders"},"spec":{"partitions":4,"configs":{"retention.ms":"1000"}}}""");
        post(topics, "{\"metadata\":{\"name\":\"other\"}}");
        assertThat(post(topics + "/orders/restores", "").text("/kafka_error")).isEqualTo("UNKNOWN_TOPIC_OR_PARTITION");
        delete(topics + "/orders");
        delete(topics + "/other");

        var first = get(topics + "?deleted=true&page_size=1&include=total_size");
        assertThat(first.json().at("/metadata/total_size").asInt()).isEqualTo(2);
        assertThat(first.text("/data/0/id")).isEqualTo(made.text("/id"));
        assertThat(first.text("/data/0/status/phase")).isEqualTo("DELETED");
        assertThat(java.time.Duration.between(
                        java.time.Instant.parse(first.text("/data/0/status/deleted_at")),
                        java.time.Instant.parse(first.text("/data/0/status/restorable_until"))))
                .isEqualTo(java.time.Duration.ofDays(1));
        var next = first.text("/metadata/next");
        assertThat(get(next.substring(next.indexOf("/v1/"))).text("/data/0/metadata/name"))
                .isEqualTo("other");
        var dry = post(topics + "/orders/restores?dry_run=true", "");
        assertThat(dry.status()).isEqualTo(200);
        assertThat(get(topics + "/orders").text("/status/phase")).isEqualTo("DELETING");

        var restored = post(topics + "/orders/restores?topic_id=" + made.text("/id"), "");

        assertThat(restored.status()).as(restored.response().body()).isEqualTo(200);
        assertThat(restored.text("/id")).isEqualTo(made.text("/id"));
        assertThat(restored.text("/status/phase")).isEqualTo("READY");
        assertThat(restored.json().at("/spec")).isEqualTo(made.json().at("/spec"));
        assertThat(restored.text("/status/created_entry")).isEqualTo(made.text("/status/created_entry"));
        assertThat(restored.text("/metadata/created_at")).isEqualTo(made.text("/metadata/created_at"));
        assertThat(get(topics + "?deleted=true&prefix=or").json().at("/data").size())
                .isZero();
        assertThat(post(topics + "/other/restores?topic_id=nonsense", "").status())
                .isEqualTo(400);
    }

    @Test
    void refusalsCarryKafkasNames() {
        post(topics, "{\"metadata\":{\"name\":\"a.b\"}}");

        assertThat(refusal("a.b", "{}")).isEqualTo("409 TOPIC_ALREADY_EXISTS");
        assertThat(refusal("a_b", "{}")).isEqualTo("422 INVALID_TOPIC_EXCEPTION");
        assertThat(refusal("no such name!", "{}")).isEqualTo("422 INVALID_TOPIC_EXCEPTION");
        assertThat(refusal("x", "{\"partitions\":0}")).isEqualTo("422 INVALID_PARTITIONS");
        assertThat(refusal("x", "{\"partitions\":-1}")).isEqualTo("422 INVALID_PARTITIONS");
        assertThat(refusal("x", "{\"partitions\":10000000}")).isEqualTo("422 INVALID_PARTITIONS");
        assertThat(refusal("x", "{\"replication_factor\":0}")).isEqualTo("422 INVALID_REPLICATION_FACTOR");
        assertThat(refusal("x", "{\"configs\":{\"retention.ms\":\"soon\"}}")).isEqualTo("422 INVALID_CONFIG");
        assertThat(refusal("x", "{\"configs\":{\"no.such.config\":\"1\"}}")).isEqualTo("422 INVALID_CONFIG");
        var unknown = delete(topics + "/nowhere");
        assertThat(unknown.status() + " " + unknown.text("/kafka_error")).isEqualTo("404 UNKNOWN_TOPIC_OR_PARTITION");
        var shrunk = patch(topics + "/a.b", "{\"spec\":{\"partitions\":1}}");
        assertThat(shrunk.status() + " " + shrunk.text("/kafka_error")).isEqualTo("422 INVALID_PARTITIONS");
    }

    @Test
    void anInternalTopicIsNotDeletedAndListedOnlyOnDemand() {
        post(topics, "{\"metadata\":{\"name\":\"__consumer_offsets\"}}");

        assertThat(get(topics).json().at("/data").size()).isZero();
        assertThat(get(topics + "?internal=true").json().at("/data").size()).isEqualTo(1);
        var refused = delete(topics + "/__consumer_offsets");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text("/kafka_error")).isEqualTo("POLICY_VIOLATION");
    }

    @Test
    void declaringIsRepeatableAndCanBeCreateOnly() {
        var body = "{\"spec\":{\"partitions\":2,\"configs\":{\"retention.ms\":\"5\"}}}";
        var first = put(topics + "/declared", body);
        var second = put(topics + "/declared", body);
        var third = put(topics + "/declared", "{\"spec\":{\"partitions\":5}}");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.status()).isEqualTo(200);
        assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(third.json().at("/spec/partitions").asInt()).isEqualTo(5);
        assertThat(third.json().at("/spec/configs").toString()).isEqualTo("{}");
        assertThat(put(topics + "/declared", body, "If-None-Match", "*").status())
                .isEqualTo(409);
    }

    @Test
    void aDryRunChangesNothing() {
        var dry = post(topics + "?dry_run=true", "{\"metadata\":{\"name\":\"maybe\"}}");

        assertThat(dry.status()).isEqualTo(200);
        assertThat(dry.json().at("/spec/partitions").asInt()).isEqualTo(3);
        assertThat(get(topics + "/maybe").status()).isEqualTo(404);

        post(topics, "{\"metadata\":{\"name\":\"kept\"}}");
        var grown = patch(topics + "/kept?dry_run=true", """
                {"spec":{"partitions":9,"configs":{"retention.ms":"1000"}}}""");
        assertThat(grown.json().at("/x_changes/0/pointer").asString()).isEqualTo("/spec/configs/retention.ms");
        assertThat(grown.json().at("/x_changes/0/destructive").asBoolean()).isTrue();
        assertThat(grown.json().at("/x_changes/1/to").asInt()).isEqualTo(9);
        assertThat(delete(topics + "/kept?dry_run=true").status()).isEqualTo(200);
        assertThat(get(topics + "/kept").json().at("/spec/partitions").asInt()).isEqualTo(3);
        delete(topics + "/kept");
    }

    @Test
    void aListComesInTheOrderThatIsAskedForPageByPage() {
        for (var topic : new String[] {"o-a:2", "o-b:5", "o-c:2", "o-d:1"}) {
            post(topics, "{\"metadata\":{\"name\":\"%s\"},\"spec\":{\"partitions\":%s}}".formatted((Object[])
                            topic.split(":")));
        }

        assertThat(ordered("partitions,-name")).containsExactly("o-d", "o-c", "o-a", "o-b");
        assertThat(ordered("-partitions,name")).containsExactly("o-b", "o-a", "o-c", "o-d");
        assertThat(ordered("-created_at")).containsExactly("o-d", "o-c", "o-b", "o-a");
        assertThat(get(topics + "?order_by=size").text("/errors/0/pointer")).isEqualTo("?order_by");
        assertThat(get(topics + "?order_by=name,name").status()).isEqualTo(400);
    }

    private java.util.List<String> ordered(String by) {
        var names = new java.util.ArrayList<String>();
        var next = topics + "?prefix=o-&page_size=1&order_by=" + by;
        while (!next.isEmpty()) {
            var page = get(next.substring(next.indexOf("/v1/")));
            page.json()
                    .at("/data")
                    .forEach(topic -> names.add(topic.at("/metadata/name").asString()));
            next = page.text("/metadata/next");
        }
        return names;
    }

    @Test
    void namesAreListedInOrderByPagesAndByPrefix() {
        for (var name : new String[] {"zeta", "Alpha", "beta", "b-side"}) {
            post(topics, "{\"metadata\":{\"name\":\"" + name + "\"}}");
        }

        var names = new java.util.ArrayList<String>();
        var next = topics + "?page_size=3";
        while (!next.isEmpty()) {
            var page = get(next.substring(next.indexOf("/v1/")));
            page.json()
                    .at("/data")
                    .forEach(topic -> names.add(topic.at("/metadata/name").asString()));
            next = page.text("/metadata/next");
        }
        assertThat(names).containsExactly("Alpha", "b-side", "beta", "zeta");
        assertThat(get(topics + "?prefix=b").json().at("/data").size()).isEqualTo(2);
    }

    private String refusal(String name, String spec) {
        var answer = post(topics, "{\"metadata\":{\"name\":\"%s\"},\"spec\":%s}".formatted(name, spec));
        return answer.status() + " " + answer.text("/kafka_error");
    }

    @Test
    void aWideTopicIsOneEntryAndEveryPartitionIsLed() {
        var cluster = topics.replace("/topics", "");
        var before = get(cluster).json().at("/status/metalog_entry").asInt();

        var made = post(topics, "{\"metadata\":{\"name\":\"wide\"},\"spec\":{\"partitions\":10000}}");

        assertThat(made.status()).isEqualTo(201);
        assertThat(get(cluster).json().at("/status/metalog_entry").asInt()).isEqualTo(before + 1);
        var page = get(topics + "/wide/partitions?page_size=500&include=total_size");
        assertThat(page.json().at("/metadata/total_size").asInt()).isEqualTo(10_000);
        page.json()
                .at("/data")
                .forEach(partition ->
                        assertThat(partition.at("/leader/node_id").isInt()).isTrue());
    }
}
