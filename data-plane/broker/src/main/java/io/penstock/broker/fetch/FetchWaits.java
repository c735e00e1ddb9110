// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.broker.request.ProgressListener;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ImageChange;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Who is to be told of the progress of which partitions of one cluster. Thread-safe.
final class FetchWaits implements ProgressListener {
    /// A consumer's interest in one partition, by the name that it uses.
    record Watch(FetchTail tail, FetchKey key) {
        void progressed() {
            tail.progressed(key);
        }
    }

    private final Map<PartitionRef, Set<Watch>> byPartition = new ConcurrentHashMap<>();
    private final Map<ShardId, Set<PartitionRef>> byShard = new ConcurrentHashMap<>();

    void add(PartitionRef partition, Watch watch) {
        byPartition.compute(partition, (at, present) -> {
            Set<Watch> watches = present == null ? ConcurrentHashMap.newKeySet() : present;
            watches.add(watch);
            byShard.computeIfAbsent(at.shard(), s -> ConcurrentHashMap.newKeySet())
                    .add(at);
            return watches;
        });
    }

    void remove(PartitionRef partition, Watch watch) {
        byPartition.computeIfPresent(partition, (at, watches) -> {
            watches.remove(watch);
            if (!watches.isEmpty()) {
                return watches;
            }
            Set<PartitionRef> inShard = byShard.get(at.shard());
            if (inShard != null) {
                inShard.remove(at);
            }
            return null;
        });
    }

    /// How many partitions somebody watches.
    int size() {
        return byPartition.size();
    }

    @Override
    public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
        progressed(partition);
    }

    @Override
    public void shardClosed(ShardId shard, LeaderEpoch epoch) {
        progressed(shard);
    }

    @Override
    public void incarnationFenced() {
        byShard.keySet().forEach(this::progressed);
    }

    @Override
    public void imageChanged(ImageChange change) {
        change.shardsAssigned().forEach(this::progressed);
        if (!change.topicsDeleted().isEmpty()) {
            for (PartitionRef partition : byPartition.keySet()) {
                if (change.topicsDeleted().containsKey(partition.topicId())) {
                    progressed(partition);
                }
            }
        }
    }

    private void progressed(ShardId shard) {
        Set<PartitionRef> partitions = byShard.get(shard);
        if (partitions != null) {
            partitions.forEach(this::progressed);
        }
    }

    private void progressed(PartitionRef partition) {
        Set<Watch> watches = byPartition.get(partition);
        if (watches != null) {
            watches.forEach(Watch::progressed);
        }
    }
}
