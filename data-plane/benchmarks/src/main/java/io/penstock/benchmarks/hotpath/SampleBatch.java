// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// A batch as an idempotent producer sends it: 16 records of 1 KiB.
final class SampleBatch {
    static final int RECORDS = 16;
    private static final long PRODUCER = 7;

    private SampleBatch() {}

    /// @param sequence of the first record
    static ByteBuffer at(int sequence) {
        return MemoryRecords.withIdempotentRecords(Compression.NONE, PRODUCER, (short) 0, sequence, records(sequence))
                .buffer();
    }

    private static SimpleRecord[] records(int seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SimpleRecord[] records = new SimpleRecord[RECORDS];
        for (int i = 0; i < RECORDS; i++) {
            byte[] value = new byte[1024];
            random.nextBytes(value);
            records[i] = new SimpleRecord(1_000, value);
        }
        return records;
    }
}
