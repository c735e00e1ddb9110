// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// What a person chose for a cluster; travels in the metalog so that the bucket alone can bring the cluster back.
///
/// @param name of the cluster, for people
/// @param shards fixed for the cluster's life
/// @param autoCreateTopics whether a client's first use of a topic creates it
/// @param defaultPartitions of a topic whose creator does not say
/// @param defaultReplicationFactor echoed for a topic whose creator does not say; nothing is replicated by brokers
/// @param offsetsTopicPartitions of the internal topic that keeps groups and their offsets
public record ClusterSettings(
        String name,
        int shards,
        LatencyProfile latencyProfile,
        boolean autoCreateTopics,
        int defaultPartitions,
        int defaultReplicationFactor,
        int offsetsTopicPartitions) {
    /// More than this and per-shard costs (a manifest each) outweigh what spreading gains.
    public static final int MAX_SHARDS = 1024;

    /// Keeps one damaged or mistaken record from filling every broker's memory.
    public static final int MAX_PARTITIONS_OF_A_TOPIC = 1_000_000;

    public ClusterSettings {
        if (name.isBlank()) {
            throw new IllegalArgumentException("a cluster has a name");
        }
        require(shards >= 1 && shards <= MAX_SHARDS, "shards are 1 to " + MAX_SHARDS + ", not " + shards);
        require(defaultPartitions >= 1, "default partitions are 1 or more, not " + defaultPartitions);
        require(
                defaultReplicationFactor >= 1 && defaultReplicationFactor <= Short.MAX_VALUE,
                "the default replication factor is 1 or more, not " + defaultReplicationFactor);
        require(offsetsTopicPartitions >= 1, "offsets topic partitions are 1 or more, not " + offsetsTopicPartitions);
    }

    /// How long group commit lets batches wait for company.
    public enum LatencyProfile {
        FAST(0),
        BALANCED(1),
        ECONOMY(2);

        /// What stands in an entry.
        final int code;

        LatencyProfile(int code) {
            this.code = code;
        }
    }

    public static ClusterSettings defaults(String name) {
        return new ClusterSettings(
                name,
                16, // enough to spread over a small fleet; big clusters ask for 64 to 256
                LatencyProfile.BALANCED,
                true, // as in Kafka
                1, // as in Kafka
                3, // what tools expect to read from a cluster that loses nothing
                50); // as in Kafka: more coordinators than brokers
    }

    /// The same under another name.
    public ClusterSettings named(String other) {
        return new ClusterSettings(
                other,
                shards,
                latencyProfile,
                autoCreateTopics,
                defaultPartitions,
                defaultReplicationFactor,
                offsetsTopicPartitions);
    }

    private static void require(boolean holds, String message) {
        if (!holds) {
            throw new IllegalArgumentException(message);
        }
    }
}
