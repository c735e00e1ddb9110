// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import java.time.Duration;

/// @param putTimeout after which a put or delete is unknown. It may still be applied later
/// @param readTimeout after which one attempt of a get, head or list has failed
/// @param attempts how often a read or a delete is tried in all
/// @param firstBackoff the longest pause before the second attempt; doubles with each. The pause itself is random
///     below that, so that many readers do not come back at the same time
/// @param longestBackoff where doubling ends
public record ObservedSettings(
        Duration putTimeout, Duration readTimeout, int attempts, Duration firstBackoff, Duration longestBackoff) {
    public ObservedSettings {
        if (attempts < 1) {
            throw new IllegalArgumentException("at least one attempt is needed, not " + attempts);
        }
    }

    /// Ten seconds: many times the p99 of any store worth using, also for 8 MiB; less than a Kafka client waits.
    /// Five attempts with pauses of up to 50, 100, 200 and 400 ms outlive a hiccup and not an outage.
    public static ObservedSettings defaults() {
        return new ObservedSettings(
                Duration.ofSeconds(10), Duration.ofSeconds(10), 5, Duration.ofMillis(50), Duration.ofSeconds(2));
    }

    Duration backoffBefore(int attempt) {
        long doubled = firstBackoff.toNanos() << Math.min(20, attempt - 2);
        return Duration.ofNanos(Math.min(doubled, longestBackoff.toNanos()));
    }
}
