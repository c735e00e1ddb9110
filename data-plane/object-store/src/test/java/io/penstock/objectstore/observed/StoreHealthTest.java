// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StoreHealthTest {
    private final StoreHealth health = new StoreHealth(HealthSettings.defaults());
    private final List<HealthState> passed = new ArrayList<>(List.of(HealthState.HEALTHY));
    private long now;

    /// Ten requests a second, of which so many in ten fail, or are slow.
    private void live(int seconds, int errorsInTen, int slowInTen) {
        for (int request = 0; request < 10 * seconds; request++) {
            now += Duration.ofMillis(100).toNanos();
            Duration took = Duration.ofMillis(request % 10 < slowInTen ? 2000 : 40);
            HealthState state = health.answered(now, took.toNanos(), request % 10 < errorsInTen);
            if (passed.getLast() != state) {
                passed.add(state);
            }
        }
    }

    @Test
    void aGoodStoreIsHealthy() {
        live(60, 0, 0);

        assertThat(passed).containsExactly(HealthState.HEALTHY);
    }

    @Test
    void aFewErrorsDegradeAndMostErrorsMakeUnavailable() {
        live(30, 1, 0);
        assertThat(health.state()).isEqualTo(HealthState.DEGRADED);

        live(30, 7, 0);
        assertThat(passed).containsExactly(HealthState.HEALTHY, HealthState.DEGRADED, HealthState.UNAVAILABLE);
    }

    @Test
    void slownessDegradesAndNeverMakesUnavailable() {
        live(60, 0, 10);

        assertThat(passed).containsExactly(HealthState.HEALTHY, HealthState.DEGRADED);
    }

    @Test
    void whatHealsPassesThroughDegradedAndStaysThereAWhile() {
        live(30, 10, 0);
        live(1, 0, 0);
        assertThat(health.state()).isEqualTo(HealthState.UNAVAILABLE);

        live(60, 0, 0);

        assertThat(passed)
                .containsExactly(
                        HealthState.HEALTHY,
                        HealthState.DEGRADED,
                        HealthState.UNAVAILABLE,
                        HealthState.DEGRADED,
                        HealthState.HEALTHY);
    }

    @Test
    void aFewRequestsSayNothing() {
        for (int request = 0; request < 9; request++) {
            health.answered(request, 1, true);
        }

        assertThat(health.state()).isEqualTo(HealthState.HEALTHY);
    }

    @Test
    void whatIsLongAgoDoesNotCount() {
        live(10, 10, 0);
        now += Duration.ofHours(1).toNanos();
        live(20, 0, 0);

        assertThat(health.state()).isEqualTo(HealthState.HEALTHY);
    }

    @Test
    void onlyLegalMovesAreMade() {
        assertThat(HealthState.HEALTHY.towards(HealthState.UNAVAILABLE)).isEqualTo(HealthState.DEGRADED);
        assertThat(HealthState.UNAVAILABLE.towards(HealthState.HEALTHY)).isEqualTo(HealthState.DEGRADED);
        assertThat(HealthState.DEGRADED.towards(HealthState.UNAVAILABLE)).isEqualTo(HealthState.UNAVAILABLE);
        assertThat(HealthState.DEGRADED.towards(HealthState.HEALTHY)).isEqualTo(HealthState.HEALTHY);
    }
}
