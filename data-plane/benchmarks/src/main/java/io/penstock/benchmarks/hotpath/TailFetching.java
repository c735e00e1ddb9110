// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.log.ReadOutcome;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/// What a consumer at the end of the log costs: slices of slots that are still in memory.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class TailFetching {
    private static final int BATCHES = 200;
    private static final int MIB = 1 << 20;

    private final OpenLog log = new OpenLog();

    @Setup
    public void fill() {
        for (int i = 0; i < BATCHES; i++) {
            log.append(SampleBatch.at(i * SampleBatch.RECORDS));
        }
    }

    @TearDown
    public void close() {
        log.close();
    }

    /// About 1 MiB: 64 batches, each in a slot of its own.
    @Benchmark
    public ReadOutcome fetch() {
        return log.read(100L * SampleBatch.RECORDS, MIB);
    }
}
