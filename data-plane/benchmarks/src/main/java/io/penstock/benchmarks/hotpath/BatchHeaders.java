// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.kafka.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/// Reading the header of a batch, as every append does.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchHeaders {
    private final ByteBuffer batch = SampleBatch.at(0);

    /// One batch of 16 KiB.
    @Benchmark
    public List<BatchHeader> parse() {
        return BatchHeader.all(batch);
    }
}
