// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.log.AppendOrigin;
import io.penstock.log.ClusterLog;
import io.penstock.log.Durability;
import io.penstock.log.Isolation;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogListener;
import io.penstock.log.LogSettings;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.log.ShardOpening;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;

/// A log over a store in memory that leads one shard, and does everything at once.
final class OpenLog implements AutoCloseable {
    private final PartitionRef partition = new PartitionRef(new ShardId(0), new Uuid(1, 1), 0);
    private final ClusterLog log = new ClusterLog(
            new MemoryObjectStore(),
            ClusterPrefix.of("tenant", "cluster"),
            Incarnation.random(new Random(3)),
            LogSettings.defaults(LatencyProfile.FAST),
            new InlineRuntime(),
            new Nobody());

    OpenLog() {
        OpenOutcome outcome = now(log.open(new ShardOpening(new ShardId(0), new LeaderEpoch(1), List.of())));
        if (!(outcome instanceof OpenOutcome.Opened)) {
            throw new IllegalStateException(outcome.toString());
        }
    }

    private static final class Nobody implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {}

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {}

        @Override
        public void incarnationFenced() {}
    }

    Durability append(ByteBuffer batch) {
        return switch (now(log.append(partition, batch, AppendOrigin.CLIENT))) {
            case Sequencing.Sequenced sequenced -> now(sequenced.durability());
            case Sequencing.Refused refused -> throw new IllegalStateException(refused.toString());
        };
    }

    ReadOutcome read(long offset, int maxBytes) {
        return now(log.read(partition, offset, maxBytes, Isolation.READ_UNCOMMITTED));
    }

    private static <T> T now(CompletableFuture<T> future) {
        if (!future.isDone()) {
            throw new IllegalStateException("not done at once");
        }
        return future.join();
    }

    @Override
    public void close() {
        log.close();
    }
}
