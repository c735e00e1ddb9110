// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.PaperControlPlane;
import io.penstock.console.gateway.Answer.KeyRefused;
import io.penstock.console.gateway.Answer.NotFound;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.Answer.Unavailable;
import io.penstock.console.gateway.PenstockGateway.Broker;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Share;
import io.penstock.console.gateway.PenstockGateway.Store;
import io.penstock.console.gateway.PenstockGateway.Tenant;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpPenstockGatewayTest {
    private static final ApiKey KEY = new ApiKey(PaperControlPlane.KEY);

    private PaperControlPlane plane;
    private HttpClient client;
    private PenstockGateway gateway;

    @BeforeEach
    void open() {
        plane = PaperControlPlane.started();
        client = HttpClient.newHttpClient();
        gateway = new HttpPenstockGateway(client, plane.uri(), Duration.ofSeconds(30));
    }

    @AfterEach
    void close() {
        client.close();
        plane.close();
    }

    @Test
    void aClusterIsReadWithWhoServesIt() {
        assertThat(gateway.clusters(KEY))
                .isEqualTo(new Received<>(List.of(new Cluster(
                        "kc_01K5PAPER0000000000000000B",
                        "orders",
                        "tn_1",
                        "READY",
                        "127.0.0.1:9092,127.0.0.1:9093,127.0.0.1:9094",
                        "BALANCED",
                        "",
                        new Store("Healthy", ""),
                        16,
                        4,
                        List.of(
                                new Share(0, "127.0.0.1:9092", "", 6),
                                new Share(1, "127.0.0.1:9093", "", 5),
                                new Share(2, "127.0.0.1:9094", "", 5))))));
    }

    @Test
    void whyAClusterIsNotReadyIsReadFromItsConditions() {
        plane.shardsLed(Map.of(0, 6, 1, 5));

        assertThat(gateway.clusters(KEY).map(clusters -> clusters.getFirst().trouble()))
                .isEqualTo(new Received<>("5 of 16 shards have no leader"));
    }

    @Test
    void anObjectStoreInTroubleIsReadFromTheConditions() {
        plane.storeIsUnavailable(true);

        assertThat(gateway.clusters(KEY).map(clusters -> clusters.getFirst().store()))
                .isEqualTo(new Received<>(new Store("Unavailable", "the object store fails most requests")));
    }

    @Test
    void brokersAreReadWithTheirProcess() {
        plane.shardsLed(Map.of(7, 16));

        assertThat(gateway.brokers(KEY, "flt_1"))
                .isEqualTo(new Received<>(List.of(new Broker(
                        "brk_01K5PAPER00000000000000007", 7, "SERVING", "", 41_207, "local", 16, new Store("", "")))));
    }

    @Test
    void everyPageOfALongListIsRead() {
        plane.tenants(1_203);

        var all = IntStream.rangeClosed(1, 1_203)
                .mapToObj(n -> new Tenant("tn_" + n, n == 1 ? "demo" : "tenant " + n))
                .toList();
        assertThat(gateway.tenants(KEY)).isEqualTo(new Received<>(all));
    }

    @Test
    void aKeyThatIsNotAcceptedIsToldApartFromAnAbsentControlPlane() {
        assertThat(gateway.clusters(new ApiKey("psk_wrong_one"))).isEqualTo(new KeyRefused<>());

        plane.goesAway();

        assertThat(gateway.clusters(KEY)).isInstanceOf(Unavailable.class);
    }

    @Test
    void aProblemSpeaksInItsOwnWords() {
        assertThat(gateway.brokers(KEY, "flt/of somebody else")).isEqualTo(new NotFound<>("There is no such thing"));
    }
}
