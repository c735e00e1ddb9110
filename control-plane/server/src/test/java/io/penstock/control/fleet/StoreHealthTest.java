// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.brokerapi.v1.StoreReport;
import io.penstock.brokerapi.v1.StoreState;
import io.penstock.control.fleet.StoreHealth.Seen;
import io.penstock.control.fleet.StoreHealth.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreHealthTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    private final StoreHealth health = new StoreHealth();

    @Test
    void theWorstComesFirst() {
        health.heard("brk_1", List.of(report("kc_1", StoreState.STORE_HEALTHY)), NOON);
        health.heard("brk_2", List.of(report("kc_1", StoreState.STORE_UNAVAILABLE)), NOON);
        health.heard("brk_3", List.of(report("kc_1", StoreState.STORE_DEGRADED)), NOON);

        assertThat(health.ofCluster("kc_1")).extracting(Seen::brokerId).containsExactly("brk_2", "brk_3", "brk_1");
        assertThat(health.ofCluster("kc_2")).isEmpty();
    }

    @Test
    void aStateHoldsSinceItWasFirstSaid() {
        health.heard("brk_1", List.of(report("kc_1", StoreState.STORE_DEGRADED)), NOON);
        health.heard("brk_1", List.of(report("kc_1", StoreState.STORE_DEGRADED)), NOON.plusSeconds(1));
        assertThat(health.ofBroker("brk_1")).containsExactly(new Seen("brk_1", "kc_1", State.DEGRADED, NOON));

        health.heard("brk_1", List.of(report("kc_1", StoreState.STORE_HEALTHY)), NOON.plusSeconds(2));
        assertThat(health.ofBroker("brk_1"))
                .containsExactly(new Seen("brk_1", "kc_1", State.HEALTHY, NOON.plusSeconds(2)));
    }

    @Test
    void whatABrokerNoLongerSaysIsNotKnown() {
        health.heard(
                "brk_1",
                List.of(report("kc_1", StoreState.STORE_HEALTHY), report("kc_2", StoreState.STORE_HEALTHY)),
                NOON);

        health.heard("brk_1", List.of(report("kc_2", StoreState.STORE_UNKNOWN)), NOON);
        assertThat(health.ofBroker("brk_1")).isEmpty();

        health.heard("brk_1", List.of(report("kc_1", StoreState.STORE_HEALTHY)), NOON);
        health.gone("brk_1");
        assertThat(health.ofCluster("kc_1")).isEmpty();
    }

    private static StoreReport report(String clusterId, StoreState state) {
        return StoreReport.newBuilder().setClusterId(clusterId).setState(state).build();
    }
}
