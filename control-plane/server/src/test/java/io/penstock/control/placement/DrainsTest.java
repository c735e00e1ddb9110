// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.placement.Drains.Led;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DrainsTest {
    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private static final Led ONE = new Led("kc_1", 0, 5);
    private static final Led OTHER = new Led("kc_1", 1, 5);

    private final Drains drains = new Drains(Duration.ofSeconds(10));

    @Test
    void aBrokerThatLedNothingMayGoAtOnce() {
        drains.begin("brk_1", Set.of(), NOW);

        assertThat(drains.done(NOW)).containsExactly("brk_1");
    }

    @Test
    void aBrokerGoesWhenEveryShardIsHandedOff() {
        drains.begin("brk_1", Set.of(ONE, OTHER), NOW);
        drains.handedOff("brk_1", ONE);
        assertThat(drains.done(NOW)).isEmpty();

        drains.handedOff("brk_1", OTHER);

        assertThat(drains.done(NOW)).containsExactly("brk_1");
        assertThat(drains.done(NOW)).as("said once").isEmpty();
    }

    @Test
    void anotherEpochsHandOffDoesNotCount() {
        drains.begin("brk_1", Set.of(ONE), NOW);

        drains.handedOff("brk_1", new Led("kc_1", 0, 4));

        assertThat(drains.done(NOW)).isEmpty();
    }

    @Test
    void patienceEnds() {
        drains.begin("brk_1", Set.of(ONE), NOW);

        assertThat(drains.done(NOW.plusSeconds(9))).isEmpty();
        assertThat(drains.done(NOW.plusSeconds(10))).containsExactly("brk_1");
    }

    @Test
    void askingAgainStartsNothingAnew() {
        drains.begin("brk_1", Set.of(ONE), NOW);
        drains.begin("brk_1", Set.of(ONE, OTHER), NOW.plusSeconds(5));

        drains.handedOff("brk_1", ONE);

        assertThat(drains.done(NOW.plusSeconds(5))).containsExactly("brk_1");
    }
}
