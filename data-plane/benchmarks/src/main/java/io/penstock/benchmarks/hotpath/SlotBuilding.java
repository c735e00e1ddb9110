// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.WalHeader;
import io.penstock.log.format.WalObjectBuilder;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Filling a slot: the one copy of a record's bytes, footer and checksums.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class SlotBuilding {
    private static final int BATCHES = 64;

    private final ByteBuffer batch = SampleBatch.at(0);
    private final BatchIndex index = index();
    private final WalHeader header =
            new WalHeader(new WalSlot(Incarnation.random(new Random(1)), 0, 0), Nonce.random(new Random(2)));

    private BatchIndex index() {
        BatchHeader parsed = BatchHeader.all(batch).getFirst();
        return new BatchIndex(
                new Uuid(1, 1),
                0,
                new ShardId(0),
                new LeaderEpoch(1),
                0,
                parsed.lastOffsetDelta(),
                parsed.recordCount(),
                parsed.baseTimestamp(),
                parsed.maxTimestamp(),
                parsed.producerId(),
                parsed.producerEpoch(),
                parsed.baseSequence(),
                parsed.lastSequence(),
                false,
                false,
                0,
                parsed.sizeInBytes());
    }

    /// One slot of 64 batches, 1 MiB.
    @Benchmark
    public ByteBuffer fillAndFreeze() {
        WalObjectBuilder slot = new WalObjectBuilder();
        for (int i = 0; i < BATCHES; i++) {
            slot.append(index, batch);
        }
        return slot.freeze(header);
    }
}
