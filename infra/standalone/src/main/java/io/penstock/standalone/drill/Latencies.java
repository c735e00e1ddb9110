// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/// Counts latencies up to an hour, to two digits.
final class Latencies {
    private static final long MOST = Duration.ofHours(1).toNanos() / 1_000;

    private final Recorder micros = new Recorder(MOST, 2);

    /// @param count how many there were
    record Summary(long count, long p50Millis, long p99Millis) {}

    void add(long nanos) {
        micros.recordValue(Math.clamp(nanos / 1_000, 0, MOST));
    }

    /// What was added since the last call.
    Summary take() {
        Histogram taken = micros.getIntervalHistogram();
        return new Summary(taken.getTotalCount(), millis(taken, 50), millis(taken, 99));
    }

    private static long millis(Histogram taken, double percentile) {
        return Math.round(taken.getValueAtPercentile(percentile) / 1_000.0);
    }
}
