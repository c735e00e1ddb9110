// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// When somebody wants to be told.
///
/// @param clusterId of which cluster
/// @param metric a measure of metric-series, per second; or `group.lag.records`, `group.lag.seconds`
/// @param topic of this topic only
/// @param groupId for lag: of this consumer group
/// @param comparison ABOVE or BELOW
/// @param threshold what it is compared with
/// @param window over which a measure is averaged: PT1M to PT24H; PT5M if absent
/// @param webhookIds who is told
public record AlertRuleSpec(
        @Nullable String clusterId,
        @Nullable String metric,
        @Nullable String topic,
        @Nullable String groupId,
        @Nullable String comparison,
        @Nullable Double threshold,
        @Nullable String window,
        @Nullable List<String> webhookIds) {}
