// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What was used, and what that cost at today's prices.
///
/// @param granularity TOTAL, HOUR or DAY
public record UsageReport(
        String apiVersion,
        String kind,
        Instant from,
        Instant to,
        String granularity,
        String currency,
        BigDecimal totalCost,
        List<Line> lines) {
    /// One cluster, or one topic of it.
    ///
    /// @param at the beginning of the hour or day; null in a total
    /// @param topic null: the cluster, its topics included
    /// @param quantities by measure
    /// @param cost of a topic: what went through it, and its share, by bytes, of the cluster's requests
    public record Line(
            @Nullable Instant at,
            String clusterId,
            @Nullable String topic,
            Map<String, Long> quantities,
            BigDecimal cost) {}
}
