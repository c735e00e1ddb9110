// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.time.Duration;
import java.util.Optional;

/// When a slow PUT gets a twin.
///
/// @param fixed always after so long, if given: nothing else matters then
/// @param percentile of recent PUTs' latencies, 0 to 1: who has waited for longer gets a twin
/// @param atLeast no sooner than that
/// @param share twins per first attempt, over time: 0 turns hedging off
/// @param burst twins that may be saved up for a bad moment
/// @param samples latencies that are remembered
/// @param leastSamples before so many are known nothing is hedged
public record HedgeSettings(
        Optional<Duration> fixed,
        double percentile,
        Duration atLeast,
        double share,
        double burst,
        int samples,
        int leastSamples) {
    public HedgeSettings {
        if (percentile < 0 || percentile > 1 || share < 0 || samples < 1) {
            throw new IllegalArgumentException("not when to hedge: " + percentile + ", " + share + ", " + samples);
        }
    }

    /// Who is slower than 19 of 20, and never more than one PUT in ten: the price of slow times is bounded. 128 PUTs
    /// are
    /// some seconds, so the delay follows a store that becomes slow as a whole.
    public static HedgeSettings defaults() {
        return new HedgeSettings(Optional.empty(), 0.95, Duration.ofMillis(5), 0.1, 8, 128, 32);
    }

    public static HedgeSettings off() {
        return new HedgeSettings(Optional.empty(), 1, Duration.ZERO, 0, 0, 1, 1);
    }

    /// For tests.
    public static HedgeSettings after(Duration delay) {
        return new HedgeSettings(Optional.of(delay), 1, delay, 1, 1, 1, 1);
    }
}
