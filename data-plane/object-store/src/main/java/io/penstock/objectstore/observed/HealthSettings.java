// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import java.time.Duration;

/// @param weight of the newest request in the moving averages, 0 to 1
/// @param degradedErrorRate moving share of errors from which a store is degraded
/// @param unavailableErrorRate moving share of errors from which a store is unavailable
/// @param degradedLatency moving average of latency from which a store is degraded
public record HealthSettings(
        double weight, double degradedErrorRate, double unavailableErrorRate, Duration degradedLatency) {
    /// A twentieth: some tens of requests turn the verdict, one does not. Two seconds are the alert of the dashboards.
    public static HealthSettings defaults() {
        return new HealthSettings(0.05, 0.05, 0.5, Duration.ofSeconds(2));
    }
}
