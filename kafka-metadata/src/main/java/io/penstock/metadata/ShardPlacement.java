// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.ShardId;
import org.apache.kafka.common.Uuid;

/// Where a new partition goes: `(hash(topicId) + partition) mod shards`, so that neighbours lie in different shards
/// and topics start at different ones.
///
/// Pinned by a golden test: the answer for given arguments never changes. (It is recorded in the metalog as well, so
/// a partition stays where it is even if this ever had to be wrong.)
public final class ShardPlacement {
    private ShardPlacement() {}

    public static ShardId shardOf(Uuid topicId, int partition, int shards) {
        if (partition < 0 || shards < 1) {
            throw new IllegalArgumentException("no partition " + partition + " in " + shards + " shards");
        }
        long start = Long.remainderUnsigned(hash(topicId), shards);
        return new ShardId((int) ((start + partition) % shards));
    }

    /// The finalizer of SplitMix64 over both halves: topic ids are random, but not all tools make them so.
    private static long hash(Uuid topicId) {
        return mix(topicId.getMostSignificantBits() + 0x9e3779b97f4a7c15L + mix(topicId.getLeastSignificantBits()));
    }

    private static long mix(long value) {
        long z = value;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
