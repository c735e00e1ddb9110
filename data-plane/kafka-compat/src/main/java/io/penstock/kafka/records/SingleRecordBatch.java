// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// A batch of one record, as an idempotent producer would send it.
public final class SingleRecordBatch {
    private SingleRecordBatch() {}

    /// @param timestamp of the record, milliseconds since the epoch
    /// @return the batch, format v2, not compressed
    public static ByteBuffer of(long producerId, short producerEpoch, int sequence, long timestamp, byte[] value) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producerId, producerEpoch, sequence, new SimpleRecord(timestamp, value))
                .buffer();
    }
}
