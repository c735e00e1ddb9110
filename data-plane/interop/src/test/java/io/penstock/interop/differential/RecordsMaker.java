// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.SplittableRandom;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecordsBuilder;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// Batches for Produce, mostly good ones.
final class RecordsMaker {
    /// What is special about the bytes.
    enum Kind {
        GOOD,
        DAMAGED,
        TWO_BATCHES,
        EMPTY,
        GARBAGE,
        OLD_FORMAT,
        CONTROL,
        CUT_SHORT,
        NO_KEY,
        WRONG_COUNT
    }

    /// Whose batches they are.
    enum Writer {
        ANYBODY,
        IDEMPOTENT,
        TRANSACTIONAL
    }

    /// @param skip added to the sequence that is due
    record Plan(Kind kind, Writer writer, String transaction, String codec, int count, int skip, String partition) {
        static Plan read(String text) {
            String[] parts = text.split(",", -1);
            return new Plan(
                    Kind.valueOf(parts[0]),
                    Writer.valueOf(parts[1]),
                    parts[2],
                    parts[3],
                    Integer.parseInt(parts[4]),
                    Integer.parseInt(parts[5]),
                    parts[6]);
        }

        /// Of the counter of sequences.
        String sequenceKey(ProducerIdAndEpoch producer) {
            return producer + "/" + partition;
        }

        String text() {
            return String.join(",", kind.name(), writer.name(), transaction, codec, "" + count, "" + skip, partition);
        }
    }

    private RecordsMaker() {}

    static Plan plan(SplittableRandom random, Focus focus, String partition) {
        Kind[] kinds = Kind.values();
        boolean odd = random.nextInt(100) < (focus.sober() ? 3 : 35);
        String[] codecs = {"none", "none", "none", "gzip", "snappy", "lz4", "zstd"};
        int roll = random.nextInt(100);
        return new Plan(
                odd ? kinds[random.nextInt(kinds.length)] : Kind.GOOD,
                focus.writer(),
                focus.transaction(),
                codecs[random.nextInt(codecs.length)],
                random.nextInt(1, 4),
                focus.sober() || roll < 85 ? 0 : roll < 92 ? 3 : -1,
                partition);
    }

    /// @param producer as the asked system named it
    /// @param sequences next ones per producer, epoch and partition
    static byte[] bytes(Plan plan, ProducerIdAndEpoch producer, long millis, Map<String, Integer> sequences) {
        MemoryRecords records = batch(plan, producer, millis, sequences);
        ByteBuffer buffer = records.buffer();
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return switch (plan.kind()) {
            case GOOD, OLD_FORMAT, CONTROL, NO_KEY -> bytes;
            case DAMAGED -> {
                bytes[bytes.length - 1] ^= 1;
                yield bytes;
            }
            case TWO_BATCHES -> {
                byte[] twice = new byte[bytes.length * 2];
                System.arraycopy(bytes, 0, twice, 0, bytes.length);
                System.arraycopy(bytes, 0, twice, bytes.length, bytes.length);
                yield twice;
            }
            case EMPTY -> new byte[0];
            case GARBAGE ->
                "this is no batch of records, however long one looks at it, nor will it ever be one"
                        .getBytes(StandardCharsets.US_ASCII);
            case CUT_SHORT -> java.util.Arrays.copyOf(bytes, bytes.length - 3);
            case WRONG_COUNT -> {
                ByteBuffer.wrap(bytes).putInt(57, plan.count() + 5);
                reseal(bytes);
                yield bytes;
            }
        };
    }

    private static void reseal(byte[] bytes) {
        java.util.zip.CRC32C crc = new java.util.zip.CRC32C();
        crc.update(bytes, 21, bytes.length - 21);
        ByteBuffer.wrap(bytes).putInt(17, (int) crc.getValue());
    }

    private static MemoryRecords batch(
            Plan plan, ProducerIdAndEpoch producer, long millis, Map<String, Integer> sequences) {
        Compression codec =
                Compression.of(CompressionType.forName(plan.codec())).build();
        if (plan.kind() == Kind.OLD_FORMAT) {
            return MemoryRecords.withRecords(
                    RecordBatch.MAGIC_VALUE_V1,
                    Compression.NONE,
                    new SimpleRecord(millis, "k".getBytes(UTF_8), "v".getBytes(UTF_8)));
        }
        boolean named = plan.writer() != Writer.ANYBODY;
        int sequence = RecordBatch.NO_SEQUENCE;
        if (named) {
            sequence = Math.max(0, sequences.getOrDefault(plan.sequenceKey(producer), 0) + plan.skip());
        }
        try (MemoryRecordsBuilder builder = new MemoryRecordsBuilder(
                new org.apache.kafka.common.utils.ByteBufferOutputStream(512),
                RecordBatch.CURRENT_MAGIC_VALUE,
                codec,
                TimestampType.CREATE_TIME,
                0,
                RecordBatch.NO_TIMESTAMP,
                named ? producer.producerId : RecordBatch.NO_PRODUCER_ID,
                named ? producer.epoch : RecordBatch.NO_PRODUCER_EPOCH,
                sequence,
                plan.writer() == Writer.TRANSACTIONAL,
                plan.kind() == Kind.CONTROL && named,
                RecordBatch.NO_PARTITION_LEADER_EPOCH,
                4096)) {
            for (int n = 0; n < plan.count(); n++) {
                byte[] value = ("v" + n).getBytes(StandardCharsets.US_ASCII);
                if (plan.kind() == Kind.CONTROL && named) {
                    builder.appendEndTxnMarker(
                            millis,
                            new org.apache.kafka.common.record.internal.EndTransactionMarker(
                                    org.apache.kafka.common.record.internal.ControlRecordType.COMMIT, 0));
                    break;
                }
                builder.append(millis + n, plan.kind() == Kind.NO_KEY ? null : ("k" + n % 2).getBytes(UTF_8), value);
            }
            return builder.build();
        }
    }
}
