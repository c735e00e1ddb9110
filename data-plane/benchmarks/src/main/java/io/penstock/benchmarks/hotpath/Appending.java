// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.log.Durability;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/// From a batch to its acknowledgement, with a store that answers at once: sequencing, producer state, slot, frontier.
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(batchSize = Appending.BATCHES)
@Measurement(batchSize = Appending.BATCHES)
public class Appending {
    /// Fewer than force a consolidation.
    static final int BATCHES = 200;

    private final ByteBuffer[] batches = new ByteBuffer[BATCHES];
    private OpenLog log = new OpenLog();
    private int next;

    public Appending() {
        for (int i = 0; i < BATCHES; i++) {
            batches[i] = SampleBatch.at(i * SampleBatch.RECORDS);
        }
    }

    /// Anew every time: the store keeps every slot in memory.
    @Setup(Level.Iteration)
    public void open() {
        log = new OpenLog();
        next = 0;
    }

    @TearDown(Level.Iteration)
    public void close() {
        log.close();
    }

    /// 200 batches of 16 KiB, each a slot of its own.
    @Benchmark
    public Durability appendAndAcknowledge() {
        return log.append(batches[next++]);
    }
}
