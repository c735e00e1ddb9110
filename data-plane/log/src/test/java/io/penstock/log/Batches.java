// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;

/// Record batches as clients send them, and their records read back.
public final class Batches {
    private Batches() {}

    public static ByteBuffer of(String... values) {
        return at(1_000, values);
    }

    public static ByteBuffer at(long timestamp, String... values) {
        return MemoryRecords.withRecords(Compression.NONE, records(timestamp, values))
                .buffer();
    }

    /// One batch, a record for each timestamp.
    public static ByteBuffer stamped(long... timestamps) {
        return MemoryRecords.withRecords(
                        Compression.NONE,
                        LongStream.of(timestamps)
                                .mapToObj(timestamp -> new SimpleRecord(timestamp, null, "v".getBytes(UTF_8)))
                                .toArray(SimpleRecord[]::new))
                .buffer();
    }

    /// A record for each `key=value`, without value where nothing is behind the `=`.
    public static ByteBuffer keyed(long timestamp, String... keysAndValues) {
        return MemoryRecords.withRecords(Compression.NONE, keyedRecords(timestamp, keysAndValues))
                .buffer();
    }

    public static ByteBuffer keyedTransactional(long producer, int epoch, int sequence, String... keysAndValues) {
        return MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producer, (short) epoch, sequence, keyedRecords(1_000, keysAndValues))
                .buffer();
    }

    private static SimpleRecord[] keyedRecords(long timestamp, String... keysAndValues) {
        return Stream.of(keysAndValues)
                .map(one -> one.split("=", -1))
                .map(one -> new SimpleRecord(
                        timestamp, one[0].getBytes(UTF_8), one[1].isEmpty() ? null : one[1].getBytes(UTF_8)))
                .toArray(SimpleRecord[]::new);
    }

    public static ByteBuffer idempotent(long producer, int epoch, int sequence, String... values) {
        return MemoryRecords.withIdempotentRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records(1_000, values))
                .buffer();
    }

    public static ByteBuffer transactional(long producer, int epoch, int sequence, String... values) {
        return MemoryRecords.withTransactionalRecords(
                        Compression.NONE, producer, (short) epoch, sequence, records(1_000, values))
                .buffer();
    }

    public static ByteBuffer marker(long producer, int epoch, boolean commit) {
        return MemoryRecords.withEndTransactionMarker(
                        producer,
                        (short) epoch,
                        new EndTransactionMarker(commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, 0))
                .buffer();
    }

    public static ByteBuffer several(ByteBuffer... batches) {
        ByteBuffer joined = ByteBuffer.allocate(
                Stream.of(batches).mapToInt(ByteBuffer::remaining).sum());
        for (ByteBuffer batch : batches) {
            joined.put(batch.duplicate());
        }
        return joined.flip();
    }

    private static SimpleRecord[] records(long timestamp, String... values) {
        return Stream.of(values)
                .map(value -> new SimpleRecord(timestamp, null, value.getBytes(UTF_8)))
                .toArray(SimpleRecord[]::new);
    }

    /// `offset:value` of every record, `offset:key=value` if it has a key; a marker's value is its type.
    /// Checks every
    /// CRC.
    public static List<String> read(List<ByteBuffer> batches) {
        List<String> found = new ArrayList<>();
        for (ByteBuffer bytes : batches) {
            MemoryRecords.readableRecords(bytes.duplicate()).batches().forEach(batch -> {
                batch.ensureValid();
                for (Record record : batch) {
                    String value = batch.isControlBatch()
                            ? ControlRecordType.parse(record.key()).name()
                            : (record.hasKey() ? UTF_8.decode(record.key()) + "=" : "")
                                    + (record.hasValue() ? UTF_8.decode(record.value()) : "");
                    found.add(record.offset() + ":" + value);
                }
            });
        }
        return found;
    }
}
