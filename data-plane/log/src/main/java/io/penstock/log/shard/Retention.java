// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.cleaning.TopicPolicy;
import java.util.List;

/// Where a partition begins once what its topic does not want kept any more is gone. Pure.
///
/// As in Kafka, a log goes stretch by stretch from its beginning, and each as a whole: when its newest
/// record is too
/// old, or when what stays is still as large as the topic asks for. Records that are not consolidated yet
/// are the last
/// stretch.
final class Retention {
    private Retention() {}

    /// A part of a log that goes as a whole or not at all.
    ///
    /// @param maxTimestamp of its records, milliseconds since the epoch; negative: not known, and never too old
    record Stretch(long lastOffset, long bytes, long maxTimestamp) {}

    /// @param logStart where the log begins now
    /// @param stretches the whole log, in offset order; offsets may be sparse
    /// @return where it begins from now on: `logStart`, or one beyond the last offset of a stretch
    static long logStart(TopicPolicy policy, long logStart, List<Stretch> stretches, long nowMillis) {
        if (!policy.delete()) {
            return logStart;
        }
        long bytes = 0;
        for (Stretch stretch : stretches) {
            bytes = Math.addExact(bytes, stretch.lastOffset() < logStart ? 0 : stretch.bytes());
        }
        long start = logStart;
        for (Stretch stretch : stretches) {
            if (stretch.lastOffset() < start) {
                continue;
            }
            if (!tooOld(policy, stretch, nowMillis) && !tooMuch(policy, bytes - stretch.bytes())) {
                break;
            }
            bytes -= stretch.bytes();
            start = stretch.lastOffset() + 1;
        }
        return start;
    }

    private static boolean tooOld(TopicPolicy policy, Stretch stretch, long nowMillis) {
        return policy.retentionMillis() >= 0
                && stretch.maxTimestamp() >= 0
                && stretch.maxTimestamp() < nowMillis - policy.retentionMillis();
    }

    private static boolean tooMuch(TopicPolicy policy, long bytesWithoutIt) {
        return policy.retentionBytes() >= 0 && bytesWithoutIt >= policy.retentionBytes();
    }
}
