// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// One partition of a topic.
///
/// @param shard which unit of leadership it belongs to, for life
/// @param leader who serves it; null while nobody does
/// @param leaderEpoch number of the metalog entry that gave the shard to its leader
public record TopicPartition(
        int partition,
        int shard,
        @Nullable PartitionLeader leader,
        @Nullable Integer leaderEpoch) {

    /// A broker, as Kafka clients reach it.
    public record PartitionLeader(int nodeId, String host, int port) {}
}
