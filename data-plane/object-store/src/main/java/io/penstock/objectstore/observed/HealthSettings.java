// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import java.time.Duration;

/// @param window whose requests count
/// @param leastRequests that a window needs before it says anything
/// @param degradedErrorRate share of errors from which a store is degraded
/// @param unavailableErrorRate share of errors from which a store is unavailable
/// @param slow a request that takes so long is slow
/// @param degradedSlowRate share of slow requests from which a store is degraded
/// @param dwell how long a state is kept before a better one is believed
public record HealthSettings(
        Duration window,
        int leastRequests,
        double degradedErrorRate,
        double unavailableErrorRate,
        Duration slow,
        double degradedSlowRate,
        Duration dwell) {
    public HealthSettings {
        if (window.isNegative() || window.isZero() || leastRequests < 1) {
            throw new IllegalArgumentException("no window: " + window + ", " + leastRequests);
        }
    }

    /// Ten seconds hold some hundred requests of a busy broker; of a quiet one ten requests are awaited. A second is
    /// six
    /// times the p99 of the stores worth using; two seconds of dwell keep a verdict from fluttering.
    public static HealthSettings defaults() {
        return new HealthSettings(
                Duration.ofSeconds(10), 10, 0.05, 0.5, Duration.ofSeconds(1), 0.1, Duration.ofSeconds(2));
    }
}
