// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.validation;

import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.storage.internals.log.LogConfig;

/// What a topic's configs demand of the batches it takes. Making one parses all configs: keep it as long as
/// they do not change.
///
/// @param compression to which batches are converted; empty: they stay as the producer compressed them
/// @param compacted whether every record needs a key
/// @param timestampBeforeMaxMs how much older than now a create time may be
/// @param timestampAfterMaxMs how much newer than now a create time may be
public record TopicRules(
        Optional<Compression> compression,
        boolean compacted,
        TimestampType timestampType,
        long timestampBeforeMaxMs,
        long timestampAfterMaxMs,
        int maxBatchBytes) {

    /// @param configs of the topic, by Kafka's names; what is missing has Kafka's default
    public static TopicRules of(Map<String, String> configs) {
        LogConfig config = new LogConfig(configs);
        return new TopicRules(
                config.compression,
                config.compact,
                config.messageTimestampType,
                config.messageTimestampBeforeMaxMs,
                config.messageTimestampAfterMaxMs,
                config.maxMessageSize());
    }
}
