// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.List;

/// Which shard each partition of a topic belongs to, for life; and what its creator wished for.
///
/// Kept as runs of neighbours in neighbouring shards, so that a topic of any number of partitions costs one run per
/// time it was grown, usually one.
///
/// @param partitions how many there are, numbered from 0
/// @param replicationFactor as asked for by the topic's creator, to be echoed
record TopicPlacement(int shards, int partitions, List<Run> runs, int replicationFactor) {
    static final int NO_REPLICATION_FACTOR = 0;

    /// @param first partition of the run
    record Run(int first, int firstShard) {}

    TopicPlacement {
        runs = List.copyOf(runs);
    }

    static TopicPlacement empty(int shards) {
        return new TopicPlacement(shards, 0, List.of(), NO_REPLICATION_FACTOR);
    }

    ShardId shardOf(int partition) {
        if (partition < 0 || partition >= partitions) {
            throw new IndexOutOfBoundsException("partition " + partition + " of " + partitions);
        }
        int at = runs.size() - 1;
        while (runs.get(at).first() > partition) {
            at--;
        }
        return new ShardId(shardIn(runs.get(at), partition));
    }

    private int shardIn(Run run, int partition) {
        return (int) ((run.firstShard() + (long) (partition - run.first())) % shards);
    }

    TopicPlacement grown(int count, ShardId firstShard) {
        boolean goesOn = !runs.isEmpty() && shardIn(runs.getLast(), partitions) == firstShard.number();
        List<Run> after = new ArrayList<>(runs);
        if (!goesOn) {
            after.add(new Run(partitions, firstShard.number()));
        }
        return new TopicPlacement(shards, Math.addExact(partitions, count), after, replicationFactor);
    }

    TopicPlacement withReplicationFactor(int replicationFactor) {
        return new TopicPlacement(shards, partitions, runs, replicationFactor);
    }

    /// The partitions that lie in a shard, in order.
    List<Integer> in(ShardId shard) {
        List<Integer> found = new ArrayList<>();
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            int end = i + 1 < runs.size() ? runs.get(i + 1).first() : partitions;
            int ahead = Math.floorMod(shard.number() - run.firstShard(), shards);
            for (long partition = (long) run.first() + ahead; partition < end; partition += shards) {
                found.add((int) partition);
            }
        }
        return found;
    }

    void write(ByteSink out) {
        out.i32(partitions).i32(replicationFactor).i32(runs.size());
        for (Run run : runs) {
            out.i32(run.first()).i32(run.firstShard());
        }
    }

    static TopicPlacement read(ByteSource in, int shards) throws MetadataFormatException {
        int partitions = in.i32();
        int replicationFactor = in.i32();
        int count = in.count(8);
        List<Run> runs = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            runs.add(new Run(in.i32(), in.i32()));
        }
        return new TopicPlacement(shards, partitions, runs, replicationFactor);
    }
}
