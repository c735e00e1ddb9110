// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import java.util.Map;

/// The coordinator's choices; everything else is Kafka's default.
///
/// @param offsetsTopicPartitions fixed for the cluster's life: a group's home is `hash(group) mod` this
/// @param threads coordinator threads of one cluster: one is enough for thousands of groups, and a broker serves many
/// clusters
public record GroupSettings(int offsetsTopicPartitions, int threads) {
    public static GroupSettings of(int offsetsTopicPartitions) {
        return new GroupSettings(offsetsTopicPartitions, 1);
    }

    Map<String, Object> asKafkaProperties() {
        return Map.of(
                "offsets.topic.num.partitions", offsetsTopicPartitions,
                "group.coordinator.threads", threads,
                "group.coordinator.background.threads", threads,
                "group.coordinator.rebalance.protocols", "classic,consumer,streams");
    }
}
