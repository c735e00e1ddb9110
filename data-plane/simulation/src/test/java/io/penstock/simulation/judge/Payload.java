// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.Utils;

/// What records of a world carry: who sent them, and as which of its records for that partition.
public final class Payload {
    private static final int IDEMPOTENT = 0x4000_0000;
    private static final int KEYS = 9;
    private static final String HEADER = "payload";

    private Payload() {}

    public static long of(int producer, boolean idempotent, int number) {
        return ((long) (producer | (idempotent ? IDEMPOTENT : 0)) << 32) | number;
    }

    public static int producer(long payload) {
        return (int) (payload >>> 32) & ~IDEMPOTENT;
    }

    public static int number(long payload) {
        return (int) payload;
    }

    public static boolean isIdempotent(long payload) {
        return ((int) (payload >>> 32) & IDEMPOTENT) != 0;
    }

    /// The key of the record in a compacted topic.
    static int key(long payload) {
        return Math.floorMod(producer(payload) * 31 + number(payload) * 7, KEYS);
    }

    /// Whether the record deletes its key in a compacted topic.
    static boolean isTombstone(long payload) {
        return number(payload) % 4 == 3;
    }

    public static String text(long payload) {
        return payload == PartitionTruth.NOTHING
                ? "nothing"
                : (isIdempotent(payload) ? "i" : "p") + producer(payload) + "#" + number(payload);
    }

    /// One batch of consecutive records, as a client would send it.
    ///
    /// @param keyed whether they are for a compacted topic
    public static ByteBuffer batch(
            int producer, boolean idempotent, int first, int count, long timestamp, boolean keyed) {
        MemoryRecordsBuilder builder = MemoryRecords.builder(
                ByteBuffer.allocate(128 + 40 * count),
                RecordBatch.CURRENT_MAGIC_VALUE,
                Compression.NONE,
                TimestampType.CREATE_TIME,
                0L,
                timestamp,
                idempotent ? producer : RecordBatch.NO_PRODUCER_ID,
                idempotent ? 0 : RecordBatch.NO_PRODUCER_EPOCH,
                idempotent ? first : RecordBatch.NO_SEQUENCE,
                false,
                RecordBatch.NO_PARTITION_LEADER_EPOCH);
        for (int i = 0; i < count; i++) {
            long payload = of(producer, idempotent, first + i);
            byte[] value = Utils.toArray(ByteBuffer.allocate(8).putLong(0, payload));
            if (keyed) {
                builder.append(
                        timestamp, new byte[] {(byte) key(payload)}, isTombstone(payload) ? null : value, new Header[] {
                            new RecordHeader(HEADER, value)
                        });
            } else {
                builder.append(timestamp, null, value);
            }
        }
        return builder.build().buffer();
    }

    /// What is done with each record of some batches.
    public interface RecordVisitor {
        void record(long offset, int leaderEpoch, long timestamp, long payload);
    }

    /// Reads whole batches.
    ///
    /// @throws org.apache.kafka.common.errors.CorruptRecordException if they are damaged
    public static void read(ByteBuffer batches, RecordVisitor visitor) {
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            batch.ensureValid();
            for (Record record : batch) {
                visitor.record(record.offset(), batch.partitionLeaderEpoch(), record.timestamp(), payload(record));
            }
        }
    }

    private static long payload(Record record) {
        Header[] headers = record.headers();
        return headers.length == 0
                ? record.value().getLong()
                : ByteBuffer.wrap(headers[0].value()).getLong();
    }

    /// The offset behind the last of some whole batches: cleaning may have left nothing else of one.
    public static long end(ByteBuffer batches) {
        long end = 0;
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            end = batch.nextOffset();
        }
        return end;
    }
}
