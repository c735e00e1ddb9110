// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.time.Duration;
import java.util.random.RandomGenerator;

/// How long to wait before asking a store again: twice as long each time, with a random half, so that many brokers do
/// not return in step.
public record Backoff(Duration first, Duration longest) {
    public Backoff {
        if (first.isNegative() || first.isZero() || longest.compareTo(first) < 0) {
            throw new IllegalArgumentException("not a backoff: " + first + " to " + longest);
        }
    }

    /// From 20 ms, less than one ordinary PUT, to 2 s, which a store in trouble can bear from a fleet.
    public static Backoff defaults() {
        return new Backoff(Duration.ofMillis(20), Duration.ofSeconds(2));
    }

    /// @param failures how many attempts have failed so far, 1 or more
    Duration after(int failures, RandomGenerator random) {
        long most = longest.toNanos();
        long base = first.toNanos();
        for (int i = 1; i < failures && base < most; i++) {
            base *= 2;
        }
        base = Math.min(base, most);
        return Duration.ofNanos(base / 2 + random.nextLong(base / 2 + 1));
    }
}
