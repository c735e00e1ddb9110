// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
    @Test
    void quantilesAreTrueFromMicrosecondsToMinutes() {
        Latencies latencies = new Latencies();
        for (int i = 0; i < 98; i++) {
            latencies.add(Duration.ofMillis(5).toNanos());
        }
        latencies.add(Duration.ofSeconds(40).toNanos());
        latencies.add(Duration.ofHours(5).toNanos());

        Latencies.Summary summary = latencies.take();
        assertThat(summary.count()).isEqualTo(100);
        assertThat(summary.p50Millis()).isEqualTo(5);
        assertThat(summary.p99Millis()).isCloseTo(40_000, Percentage.withPercentage(1));
        assertThat(latencies.take().count()).isZero();
    }
}
