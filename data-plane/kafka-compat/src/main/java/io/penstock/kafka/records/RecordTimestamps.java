// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// Finds records by timestamp inside batches, decompressing as far as it must. Transaction markers count,
/// as in Kafka.
public final class RecordTimestamps {
    private RecordTimestamps() {}

    /// A record's offset and timestamp.
    public record Stamped(long offset, long timestamp) {}

    /// The first record at or above `fromOffset` whose timestamp is at or after the one given.
    public static Optional<Stamped> firstAtOrAfter(ByteBuffer batches, long timestamp, long fromOffset) {
        for (RecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            if (batch.maxTimestamp() < timestamp) {
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

    /// The largest timestamp of a record at or above `fromOffset`; empty if there is no such record.
    public static OptionalLong largest(ByteBuffer batches, long fromOffset) {
        long largest = Long.MIN_VALUE;
        for (RecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            if (batch.lastOffset() < fromOffset) {
                continue;
            }
            if (batch.baseOffset() >= fromOffset && batch.countOrNull() > 0) {
                largest = Math.max(largest, batch.maxTimestamp());
                continue;
            }
            for (Record record : batch) {
                if (record.offset() >= fromOffset) {
                    largest = Math.max(largest, record.timestamp());
                }
            }
        }
        return largest == Long.MIN_VALUE ? OptionalLong.empty() : OptionalLong.of(largest);
    }
}
