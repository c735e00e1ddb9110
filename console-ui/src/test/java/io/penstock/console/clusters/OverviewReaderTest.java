// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.console.FakeGateway;
import io.penstock.console.clusters.Overview.BrokerOfFleet;
import io.penstock.console.clusters.Overview.Brokers;
import io.penstock.console.clusters.Overview.ClusterOfTenant;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Answer.KeyRefused;
import io.penstock.console.gateway.Answer.NotAllowed;
import io.penstock.console.gateway.Answer.NotFound;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.Answer.Unavailable;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.PenstockGateway.Broker;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Store;
import java.util.List;
import org.junit.jupiter.api.Test;

class OverviewReaderTest {
    private static final ApiKey KEY = new ApiKey("psk_ABC_secret");

    private final FakeGateway gateway = new FakeGateway();

    @Test
    void clustersCarryTheirTenantsName() {
        gateway.clusters = new Received<>(List.of(cluster("orders")));

        assertThat(overview().clusters()).containsExactly(new ClusterOfTenant(cluster("orders"), "demo"));
    }

    @Test
    void clustersStandInTheOrderOfTheirNames() {
        gateway.clusters = new Received<>(List.of(cluster("b"), cluster("c"), cluster("a")));

        assertThat(overview().clusters())
                .extracting(row -> row.cluster().name())
                .containsExactly("a", "b", "c");
    }

    @Test
    void brokersCarryTheirFleetsNameInTheOrderOfTheirNodes() {
        gateway.brokers = new Received<>(List.of(broker(2), broker(0)));

        assertThat(overview().brokers())
                .isEqualTo(new Brokers.Listed(
                        List.of(new BrokerOfFleet(broker(0), "local"), new BrokerOfFleet(broker(2), "local"))));
    }

    @Test
    void aKeyThatMayNotSeeFleetsOrTenantsStillSeesItsClusters() {
        gateway.clusters = new Received<>(List.of(cluster("orders")));
        gateway.tenants = new NotAllowed<>("tenant.read");
        gateway.fleets = new NotAllowed<>("fleet.read is missing");

        assertThat(overview())
                .isEqualTo(new Overview(
                        List.of(new ClusterOfTenant(cluster("orders"), "tn_1")),
                        new Brokers.Hidden("fleet.read is missing")));
    }

    @Test
    void aFleetThatGoesAwayBetweenTwoQuestionsTakesItsBrokersAlong() {
        gateway.brokers = new NotFound<>("gone");

        assertThat(overview().brokers()).isEqualTo(new Brokers.Listed(List.of()));
    }

    @Test
    void withoutAnAnswerToOneQuestionThereIsNoHalfPicture() {
        gateway.brokers = new Unavailable<>("no answer");

        assertThat(read()).isEqualTo(new Unavailable<>("no answer"));
    }

    @Test
    void aRefusedKeyIsToldAsSuchWhateverWasAsked() {
        gateway.fleets = new KeyRefused<>();

        assertThat(read()).isEqualTo(new KeyRefused<>());
    }

    private Answer<Overview> read() {
        return new OverviewReader(gateway).read(KEY);
    }

    private Overview overview() {
        if (read() instanceof Received<Overview>(var overview)) {
            return overview;
        }
        throw new AssertionError("no overview: " + read());
    }

    private static Cluster cluster(String name) {
        return new Cluster(
                "kc_" + name, name, "tn_1", "READY", "", "BALANCED", "", new Store("Healthy", ""), 16, 0, List.of());
    }

    private static Broker broker(int node) {
        return new Broker("brk_" + node, node, "SERVING", "", 1, "", 0, new Store("", ""));
    }
}
