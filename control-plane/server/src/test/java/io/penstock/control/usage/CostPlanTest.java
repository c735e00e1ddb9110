// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.usage;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.Prices;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CostPlanTest {
    private static final CostPlan PLAN = new CostPlan(new Prices(
            "USD",
            new BigDecimal("0.005"),
            new BigDecimal("0.0004"),
            null,
            null,
            null,
            new BigDecimal("0.09"),
            new BigDecimal("0.01"),
            null));

    @Test
    void requestsArePaidByTheThousandAndBytesByTheGib() {
        assertThat(PLAN.of(Map.of("store.put.requests", 2_000_000L))).isEqualByComparingTo("10");
        assertThat(PLAN.of(Map.of("store.get.requests", 500L, "store.head.requests", 500L)))
                .isEqualByComparingTo("0.0004");
        assertThat(PLAN.of(Map.of("store.get.bytes", 10L << 30))).isEqualByComparingTo("0.9");
        assertThat(PLAN.of(Map.of("store.list.requests", 1_000_000L, "unheard.of", 7L)))
                .isEqualByComparingTo("0");
    }

    @Test
    void topicsBearTheirBytesAndAShareOfTheRequests() {
        var costs = PLAN.ofTopics(
                Map.of("store.put.requests", 4_000L, "topic.received.bytes", 4L << 30),
                Map.of(
                        "large", Map.of("topic.received.bytes", 3L << 30),
                        "small", Map.of("topic.received.bytes", 1L << 30)));

        assertThat(costs.get("large")).isEqualByComparingTo("0.045");
        assertThat(costs.get("small")).isEqualByComparingTo("0.015");
    }

    @Test
    void whereNothingWentThroughTopicsTheClusterBearsItAll() {
        assertThat(PLAN.ofTopics(Map.of("store.put.requests", 1000L), Map.of("idle", Map.of()))
                        .get("idle"))
                .isEqualByComparingTo(BigDecimal.ZERO);
    }

    @Test
    void aStepBeginsAtFullMinutesQuartersAndDays() {
        var at = java.time.Instant.parse("2026-01-31T12:44:59Z");

        assertThat(UsageMeter.begin(at, 1)).isEqualTo("2026-01-31T12:44:00Z");
        assertThat(UsageMeter.begin(at, 15)).isEqualTo("2026-01-31T12:30:00Z");
        assertThat(UsageMeter.begin(at, 1440)).isEqualTo("2026-01-31T00:00:00Z");
    }
}
