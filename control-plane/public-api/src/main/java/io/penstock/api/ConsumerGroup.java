// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A consumer group as its coordinator knows it.
///
/// @param type CONSUMER, CLASSIC, SHARE or STREAMS
/// @param state as Kafka calls it: STABLE, EMPTY, PREPARING_REBALANCE …
/// @param assignor how partitions are given to members; null in lists
/// @param coordinator null in lists
/// @param members null in lists
/// @param self where it is; its id is written as `b64.<base64url>` there if it cannot stand in a path
public record ConsumerGroup(
        String apiVersion,
        String kind,
        String id,
        String type,
        String state,
        String protocol,
        @Nullable String assignor,
        TopicPartition.@Nullable PartitionLeader coordinator,
        @Nullable List<Member> members,
        String self) {
    /// A consumer.
    ///
    /// @param instanceId for static members
    public record Member(
            String id, @Nullable String instanceId, String clientId, String host, List<Assignment> assignments) {}

    /// What of a topic a member reads.
    public record Assignment(String topic, List<Integer> partitions) {}
}
