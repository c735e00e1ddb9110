// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.kafka.records.SingleRecordBatch;
import io.penstock.log.AppendOrigin;
import io.penstock.log.ClusterLog;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogListener;
import io.penstock.log.LogRuntime;
import io.penstock.log.LogSettings;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.Sequencing;
import io.penstock.log.ShardOpening;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takeovers in memory, while a broker starts.
///
/// The code of a takeover runs only when a broker has died, and then everybody waits for it. A JVM that has never run
/// it
/// loads its classes and interprets it, several times slower than it runs later. The rehearsal is the production code
/// over a store in memory; what it writes is gone with it.
public final class TakeoverRehearsal {
    private static final Logger log = LoggerFactory.getLogger(TakeoverRehearsal.class);

    private static final int ROUNDS = 2;
    private static final int SHARDS = 2;
    private static final int SLOTS = 120;
    private static final long LIMIT_SECONDS = 10;
    private static final Uuid TOPIC = new Uuid(0x7265686561727361L, 1);
    private static final LeaderEpoch FIRST = new LeaderEpoch(1);
    private static final LeaderEpoch SECOND = new LeaderEpoch(2);

    private final LogRuntime runtime;

    public TakeoverRehearsal(LogRuntime runtime) {
        this.runtime = runtime;
    }

    /// Blocks until it is done, at most some seconds. A rehearsal that fails is told in the log, and hinders nobody.
    ///
    /// @return how many shards were taken over
    public int run() throws InterruptedException {
        long began = runtime.nanos();
        int opened = 0;
        try {
            for (int round = 0; round < ROUNDS; round++) {
                opened += takeOver(new MemoryObjectStore());
            }
            log.info(
                    "takeovers rehearsed in memory: shards={} millis={}",
                    opened,
                    TimeUnit.NANOSECONDS.toMillis(runtime.nanos() - began));
        } catch (ExecutionException | TimeoutException | RuntimeException e) {
            log.warn("the rehearsal of takeovers was not finished", e);
        }
        return opened;
    }

    private int takeOver(ObjectStore store) throws InterruptedException, ExecutionException, TimeoutException {
        Incarnation victim = Incarnation.random(runtime.random());
        try (ClusterLog first = open(store, victim)) {
            List<CompletableFuture<OpenOutcome>> opening = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                opening.add(first.open(new ShardOpening(new ShardId(shard), FIRST, List.of())));
            }
            for (CompletableFuture<OpenOutcome> one : opening) {
                settled(one);
            }
            for (int slot = 0; slot < SLOTS; slot++) {
                write(first, slot);
            }
        }
        int opened = 0;
        try (ClusterLog heir = open(store, Incarnation.random(runtime.random()))) {
            List<CompletableFuture<OpenOutcome>> opening = new ArrayList<>();
            for (int shard = 0; shard < SHARDS; shard++) {
                Predecessor dead = new Predecessor(FIRST, victim, Closing.RETIRED);
                opening.add(heir.open(new ShardOpening(new ShardId(shard), SECOND, List.of(dead))));
            }
            for (CompletableFuture<OpenOutcome> one : opening) {
                if (settled(one) instanceof OpenOutcome.Opened) {
                    opened++;
                }
            }
            write(heir, SLOTS);
        }
        return opened;
    }

    private ClusterLog open(ObjectStore store, Incarnation incarnation) {
        return new ClusterLog(
                store,
                new ClusterPrefix("rehearsal/takeover"),
                incarnation,
                LogSettings.defaults(LatencyProfile.FAST),
                runtime,
                new Unheard());
    }

    /// A batch in every shard, durable.
    private void write(ClusterLog into, int number) throws InterruptedException, ExecutionException, TimeoutException {
        List<CompletableFuture<Sequencing>> appended = new ArrayList<>();
        for (int shard = 0; shard < SHARDS; shard++) {
            ByteBuffer batch = SingleRecordBatch.of(1, (short) 0, number, runtime.wallMillis(), new byte[64]);
            PartitionRef partition = new PartitionRef(new ShardId(shard), TOPIC, shard);
            appended.add(into.append(partition, batch, AppendOrigin.CLIENT));
        }
        for (CompletableFuture<Sequencing> one : appended) {
            if (settled(one) instanceof Sequencing.Sequenced sequenced) {
                settled(sequenced.durability());
            }
        }
    }

    private static <T> T settled(CompletableFuture<T> future)
            throws InterruptedException, ExecutionException, TimeoutException {
        return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Unheard implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {}

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {}

        @Override
        public void incarnationFenced() {}
    }
}
