// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a cluster is.
///
/// @param conditions `Ready`: whether every shard has a leader; `StoreHealthy`: whether its bucket answers its brokers
/// @param bootstrapServers what Kafka clients are given; empty until brokers serve it
/// @param operationId the newest operation on it
/// @param brokers who serves it now, and how many shards each leads
/// @param metalogEntry the newest entry of its metalog
/// @param restorableUntil from when on a deleted cluster may be gone for good; null while it lives
public record ClusterStatus(
        Phase phase,
        List<Condition> conditions,
        String observedVersion,
        String bootstrapServers,
        @Nullable String operationId,
        List<BrokerShare> brokers,
        int shardsLed,
        int topics,
        int metalogEntry,
        @Nullable Instant restorableUntil) {

    /// A broker's part in the cluster.
    public record BrokerShare(
            int nodeId, String host, int port, @Nullable String zone, int shardsLed) {}
}
