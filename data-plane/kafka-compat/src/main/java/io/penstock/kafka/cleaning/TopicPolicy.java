// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.cleaning;

import java.util.Map;
import org.apache.kafka.storage.internals.log.LogConfig;

/// How long a topic wants its records kept. Making one parses all configs: keep it as long as they do not
/// change.
///
/// @param delete `cleanup.policy` names `delete`: old records may go by time and size
/// @param compact `cleanup.policy` names `compact`: only the last record of each key need stay
/// @param retentionMillis `retention.ms`; negative: for ever
/// @param retentionBytes `retention.bytes` of a partition; negative: without bound
/// @param minCleanableDirtyRatio share of bytes never cleaned, from which on cleaning is worth its cost
/// @param minCompactionLagMillis a record is not cleaned before it is so old
/// @param maxCompactionLagMillis a record is not left uncleaned for longer, whatever the ratio
/// @param deleteRetentionMillis how long tombstones and markers stay after they were first cleaned
/// @param segmentBytes `segment.bytes`: so much that was never cleaned is always enough to clean
/// @param segmentMillis `segment.ms`: what was never cleaned for so long is enough to clean, however little
/// it is
public record TopicPolicy(
        boolean delete,
        boolean compact,
        long retentionMillis,
        long retentionBytes,
        double minCleanableDirtyRatio,
        long minCompactionLagMillis,
        long maxCompactionLagMillis,
        long deleteRetentionMillis,
        int segmentBytes,
        long segmentMillis) {

    /// @param configs of the topic, by Kafka's names; what is missing has Kafka's default
    public static TopicPolicy of(Map<String, String> configs) {
        LogConfig config = new LogConfig(configs);
        return new TopicPolicy(
                config.delete,
                config.compact,
                config.retentionMs,
                config.retentionSize,
                config.minCleanableRatio,
                config.compactionLagMs,
                config.maxCompactionLagMs,
                config.deleteRetentionMs,
                config.segmentSize(),
                config.segmentMs);
    }

    /// Whether a client may delete records from the beginning: not where only keys decide.
    public boolean recordsMayBeDeleted() {
        return delete || !compact;
    }
}
