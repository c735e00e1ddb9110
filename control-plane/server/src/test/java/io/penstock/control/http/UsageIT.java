// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.UsageCount;
import io.penstock.control.fleet.FleetEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;

/// Usage, cost, series and alerts, from what brokers report.
class UsageIT extends ApiContract {
    @Autowired
    private Optional<ApplicationEventPublisher> events = Optional.empty();

    private String tenant = "";
    private String cluster = "";

    @BeforeEach
    void aCluster() {
        aBucket();
        tenant = aTenant();
        cluster =
                post("/v1/clusters", """
                    {"metadata":{"name":"metered","tenant_id":"%s"},"spec":{}}\
                    """.formatted(tenant), "Prefer", "wait=30").text("/id");
    }

    private void reported(String broker, long puts, long bytes) {
        var report = ClusterReport.newBuilder()
                .setClusterId(cluster)
                .addUsage(
                        UsageCount.newBuilder().setMeasure("store.put.requests").setValue(puts))
                .addUsage(UsageCount.newBuilder()
                        .setMeasure("topic.received.bytes")
                        .setTopic("orders")
                        .setValue(bytes))
                .build();
        events.orElseThrow().publishEvent(new FleetEvent.BrokerHeard("flt_x", broker, List.of(report)));
    }

    private long puts() {
        return get("/v1/clusters/" + cluster + "/usage")
                .json()
                .at("/lines/0/quantities/store.put.requests")
                .asLong();
    }

    @Test
    void whatBrokersReportIsAddedUpOnceAndCosted() {
        reported("brk_a-" + cluster, 1000, 1 << 20);
        reported("brk_b-" + cluster, 500, 0);
        Awaitility.await().until(() -> puts() == 1500);
        reported("brk_a-" + cluster, 1000, 1 << 20);
        reported("brk_b-" + cluster, 700, 0);
        Awaitility.await().until(() -> puts() == 1700);
        // A new process under the same name begins at zero.
        reported("brk_b-" + cluster, 300, 0);
        Awaitility.await().until(() -> puts() == 2000);

        var usage = get("/v1/tenants/" + tenant + "/usage?per_topic=true&granularity=DAY");
        assertThat(usage.json().at("/lines").size()).isEqualTo(2);
        assertThat(usage.text("/lines/1/topic")).isEqualTo("orders");
        assertThat(usage.json().at("/total_cost").asDouble()).isEqualTo(0.01);
        assertThat(usage.json().at("/lines/1/cost").asDouble()).isEqualTo(0.01);
        var series = get("/v1/clusters/" + cluster + "/metric-series?name=store.put.requests");
        assertThat(series.json().at("/step_seconds").asLong()).isEqualTo(60);
        assertThat(series.json().at("/points").size()).isBetween(60, 61);
        assertThat(get("/v1/clusters/" + cluster + "/metric-series?name=topic.received.bytes&topic=other")
                        .response()
                        .body())
                .doesNotContain("\"value\":1048576");
    }

    @Test
    void pricesAreEditedUnderTheirVersion() {
        var before = get("/v1/prices");
        var body = "{\"currency\":\"EUR\",\"put\":0.004}";

        assertThat(put("/v1/prices?dry_run=true", body).text("/currency")).isEqualTo("EUR");
        assertThat(get("/v1/prices").text("/currency")).isEqualTo(before.text("/currency"));
        assertThat(put("/v1/prices", body, "If-Match", "\"99\"").status()).isEqualTo(412);
        assertThat(put("/v1/prices", "{\"currency\":\"euro\"}").text("/errors/0/pointer"))
                .isEqualTo("/currency");
        assertThat(put("/v1/prices", "{\"currency\":\"EUR\",\"put\":-1}").text("/errors/0/pointer"))
                .isEqualTo("/put");
    }

    @Test
    void anAlertIsRaisedToldAndEnded() throws Exception {
        BlockingQueue<String> told = new LinkedBlockingQueue<>();
        var answered = new AtomicInteger();
        BlockingQueue<String> signatures = new LinkedBlockingQueue<>();
        var server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            told.add(body);
            signatures.add(exchange.getRequestHeaders().getFirst("Penstock-Signature"));
            // The first delivery is lost: it must come again.
            exchange.sendResponseHeaders(answered.getAndIncrement() == 0 ? 503 : 204, -1);
            exchange.close();
        });
        server.start();
        try {
            var webhook = post(
                    "/v1/webhooks", """
                        {"metadata":{"name":"pager","tenant_id":"%s"},"spec":{"url":"http://127.0.0.1:%d/"}}\
                        """.formatted(tenant, server.getAddress().getPort()));
            assertThat(webhook.status()).as(webhook.response().body()).isEqualTo(201);
            var rule = post("/v1/alert-rules", """
                {"metadata":{"name":"busy"},"spec":{"cluster_id":"%s","metric":"store.put.requests",
                 "comparison":"ABOVE","threshold":1,"window":"PT1M","webhook_ids":["%s"]}}\
                """.formatted(cluster, webhook.text("/id")));
            assertThat(rule.status()).as(rule.response().body()).isEqualTo(201);
            reported("brk_alarm-" + cluster, 1_000_000, 0);

            var lost = told.poll(30, TimeUnit.SECONDS);
            var again = told.poll(30, TimeUnit.SECONDS);
            assertThat(again).isEqualTo(lost).contains("alert.firing", cluster);
            assertThat(signatures.poll()).matches("t=\\d+,v1=[0-9a-f]{64}");
            var alerts = get("/v1/alerts?state=FIRING&tenant_id=" + tenant);
            assertThat(alerts.text("/data/0/rule_id")).isEqualTo(rule.text("/id"));

            // What is never below a threshold ends what was above it.
            patch("/v1/alert-rules/" + rule.text("/id"), "{\"spec\":{\"threshold\":1000000000}}");
            assertThat(told.poll(30, TimeUnit.SECONDS)).contains("alert.resolved");
            assertThat(get("/v1/alerts?tenant_id=" + tenant).text("/data/0/state"))
                    .isEqualTo("RESOLVED");
        } finally {
            server.stop(0);
        }
    }
}
