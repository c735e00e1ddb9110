// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.Condition;
import io.penstock.control.fleet.StoreHealth.Seen;
import io.penstock.control.fleet.StoreHealth.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreConditionsTest {
    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @Test
    void theWorstIsToldWithWhomItConcernsAndSinceWhen() {
        var condition = StoreConditions.ofCluster(
                List.of(
                        new Seen("brk_1", "kc_1", State.UNAVAILABLE, NOON.plusSeconds(5)),
                        new Seen("brk_2", "kc_1", State.UNAVAILABLE, NOON.plusSeconds(3)),
                        new Seen("brk_3", "kc_1", State.HEALTHY, NOON)),
                NOON);

        assertThat(condition)
                .isEqualTo(new Condition(
                        "StoreHealthy",
                        Condition.Status.FALSE,
                        "Unavailable",
                        "the object store fails most requests (brk_1, brk_2)",
                        NOON.plusSeconds(3)));
    }

    @Test
    void aHealthyStoreIsToldAsSuch() {
        var condition = StoreConditions.ofBroker(List.of(new Seen("brk_1", "kc_1", State.HEALTHY, NOON)), NOON);

        assertThat(condition.status()).isEqualTo(Condition.Status.TRUE);
        assertThat(condition.reason()).isEqualTo("Healthy");
    }

    @Test
    void whereNobodyReportsNothingIsKnown() {
        var condition = StoreConditions.ofBroker(List.of(), NOON);

        assertThat(condition.status()).isEqualTo(Condition.Status.UNKNOWN);
        assertThat(condition.lastTransitionAt()).isEqualTo(NOON);
    }
}
