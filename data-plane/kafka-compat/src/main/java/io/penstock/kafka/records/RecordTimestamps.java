// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Finds records by timestamp inside batches, decompressing as far as it must.
public final class RecordTimestamps {
    private RecordTimestamps() {}

    /// A record's offset and timestamp.
    public record Stamped(long offset, long timestamp) {}

    /// The first record at or above `fromOffset` whose timestamp is at or after the one given.
    public static Optional<Stamped> firstAtOrAfter(ByteBuffer batches, long timestamp, long fromOffset) {
        for (RecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            if (batch.maxTimestamp() < timestamp || batch.isControlBatch()) {
                continue;
            }
            for (Record record : batch) {
                if (record.timestamp() >= timestamp && record.offset() >= fromOffset) {
                    return Optional.of(new Stamped(record.offset(), record.timestamp()));
                }
            }
        }
        return Optional.empty();
    }

    /// The record with the largest timestamp, the first of several.
    public static Optional<Stamped> firstWithLargest(ByteBuffer batches) {
        Stamped best = null;
        for (RecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            if (batch.isControlBatch()) {
                continue;
            }
            for (Record record : batch) {
                if (best == null || record.timestamp() > best.timestamp()) {
                    best = new Stamped(record.offset(), record.timestamp());
                }
            }
        }
        return Optional.ofNullable(best);
    }
}
