// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.format.ShardManifest.Part;
import java.util.List;
import java.util.Optional;

/// Decides whether a partition is worth being cleaned by key, and how far it may be. Pure.
///
/// Kafka's conditions: the share of bytes that were never cleaned exceeds `min.cleanable.dirty.ratio`, or
/// the oldest of
/// them have waited for `max.compaction.lag.ms`; nothing younger than `min.compaction.lag.ms` is touched.
/// Where Kafka
/// waits until a segment is full or old, we wait for as much ([#ENOUGH_BYTES] at most) or as long.
final class CleaningPlan {
    /// Rewriting less is not worth its requests.
    private static final long ENOUGH_BYTES = 1 << 20;

    private CleaningPlan() {}

    /// @param parts to be rewritten, from the beginning of the log
    /// @param from offsets at and above it were never cleaned
    /// @param dirtyBytes of batches that were never cleaned
    /// @param dirtyRecords in them
    /// @param share of the bytes that were never cleaned
    /// @param overdue whether they have waited for too long
    record Work(List<Part> parts, long from, long dirtyBytes, long dirtyRecords, double share, boolean overdue) {
        /// Overdue before dirtier before cleaner.
        boolean isMoreUrgentThan(Work other) {
            return overdue != other.overdue ? overdue : share > other.share;
        }
    }

    /// @param parts of the partition, in offset order
    /// @param cleanedBelow what is below it was cleaned before
    /// @param bound offsets at and above it must not be touched: a transaction may still be open
    static Optional<Work> of(TopicPolicy policy, List<Part> parts, long cleanedBelow, long bound, long nowMillis) {
        if (!policy.compact()) {
            return Optional.empty();
        }
        int count = 0;
        long clean = 0;
        long dirty = 0;
        long dirtyRecords = 0;
        long oldest = Long.MAX_VALUE;
        for (Part part : parts) {
            boolean isDirty = part.lastOffset() >= cleanedBelow;
            if (part.lastOffset() >= bound || (isDirty && isTooYoung(policy, part, nowMillis))) {
                break;
            }
            count++;
            if (isDirty) {
                dirty += part.size();
                dirtyRecords += part.records();
                oldest = part.maxTimestamp() < 0 ? oldest : Math.min(oldest, part.maxTimestamp());
            } else {
                clean += part.size();
            }
        }
        if (dirty == 0) {
            return Optional.empty();
        }
        double share = (double) dirty / (dirty + clean);
        boolean overdue = oldest < nowMillis - policy.maxCompactionLagMillis();
        boolean enough =
                dirty >= Math.min(ENOUGH_BYTES, policy.segmentBytes()) || oldest < nowMillis - policy.segmentMillis();
        return overdue || (enough && share > policy.minCleanableDirtyRatio())
                ? Optional.of(new Work(
                        List.copyOf(parts.subList(0, count)), cleanedBelow, dirty, dirtyRecords, share, overdue))
                : Optional.empty();
    }

    private static boolean isTooYoung(TopicPolicy policy, Part part, long nowMillis) {
        return policy.minCompactionLagMillis() > 0 && part.maxTimestamp() > nowMillis - policy.minCompactionLagMillis();
    }
}
