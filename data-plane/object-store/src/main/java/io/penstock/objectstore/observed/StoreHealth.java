// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import java.time.Duration;

/// Judges a store by moving averages of its errors and latencies.
///
/// Pure: no clock, no threads. A verdict is left only when the average is down to half of what led to it, so that it
/// does not flutter.
final class StoreHealth {
    private final HealthSettings settings;
    private double errorRate;
    private double latencyNanos;
    private HealthState state = HealthState.HEALTHY;

    StoreHealth(HealthSettings settings) {
        this.settings = settings;
    }

    /// Takes one answered request into account and judges anew.
    HealthState after(Duration latency, boolean error) {
        errorRate += settings.weight() * ((error ? 1 : 0) - errorRate);
        latencyNanos += settings.weight() * (latency.toNanos() - latencyNanos);
        state = judge();
        return state;
    }

    HealthState state() {
        return state;
    }

    private HealthState judge() {
        if (errorRate >= bound(settings.unavailableErrorRate(), state == HealthState.UNAVAILABLE)) {
            return HealthState.UNAVAILABLE;
        }
        boolean already = state != HealthState.HEALTHY;
        if (errorRate >= bound(settings.degradedErrorRate(), already)
                || latencyNanos >= bound((double) settings.degradedLatency().toNanos(), already)) {
            return HealthState.DEGRADED;
        }
        return HealthState.HEALTHY;
    }

    private static double bound(double entering, boolean inside) {
        return inside ? entering / 2 : entering;
    }
}
