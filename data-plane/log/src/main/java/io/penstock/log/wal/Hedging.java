// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

/// Tells when a slot's PUT gets a twin, from how long recent PUTs took, and within a budget. Pure: no clock, no store.
///
/// A twin carries the same bytes to the same key (R1), so whoever of the two comes second is refused and reads back
/// what
/// is its own (R2): hedging costs requests, never correctness.
final class Hedging {
    private final HedgeSettings settings;
    private final long[] latencies;
    private long answers;
    private double credit;

    Hedging(HedgeSettings settings) {
        this.settings = settings;
        this.latencies = new long[settings.samples()];
    }

    /// An attempt was answered, and is durable.
    void answered(Duration latency) {
        latencies[(int) (answers % latencies.length)] = latency.toNanos();
        answers++;
    }

    /// A slot is sent for the first time: it earns its share of a twin.
    void sent() {
        credit = Math.min(settings.burst(), credit + settings.share());
    }

    /// How long to wait for an answer before a twin is sent; empty: it gets none.
    Optional<Duration> delay() {
        if (settings.fixed().isPresent()) {
            return settings.fixed();
        }
        if (settings.share() == 0 || answers < settings.leastSamples()) {
            return Optional.empty();
        }
        int known = (int) Math.min(answers, latencies.length);
        long[] sorted = Arrays.copyOf(latencies, known);
        Arrays.sort(sorted);
        long nanos = sorted[Math.min(known - 1, (int) (known * settings.percentile()))];
        return Optional.of(Duration.ofNanos(Math.max(nanos, settings.atLeast().toNanos())));
    }

    /// Takes one twin from the budget.
    ///
    /// @return false if there is none
    boolean spend() {
        if (settings.fixed().isPresent()) {
            return true;
        }
        if (credit < 1) {
            return false;
        }
        credit--;
        return true;
    }
}
