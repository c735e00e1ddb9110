// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.cleaning;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.records.BatchHeader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RecordCleaningTest {
    private static final long NOW = 1_000_000;
    private static final long DELETE_RETENTION = 1_000;

    private final List<ByteBuffer> log = new ArrayList<>();
    private final List<AbortedTransaction> aborted = new ArrayList<>();
    private RecordCleaning.@Nullable Counts counts;
    private long next;

    private void batch(CompressionType codec, String... keysAndValues) {
        append(MemoryRecords.withRecords(next, Compression.of(codec).build(), records(keysAndValues)));
    }

    private void transactional(long producer, String... keysAndValues) {
        append(MemoryRecords.withTransactionalRecords(
                next, Compression.NONE, producer, (short) 0, 0, 0, records(keysAndValues)));
    }

    private void marker(long producer, boolean commit) {
        ControlRecordType type = commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT;
        append(MemoryRecords.withEndTransactionMarker(
                next, 0, 0, producer, (short) 0, new EndTransactionMarker(type, 0)));
    }

    private static SimpleRecord[] records(String... keysAndValues) {
        List<SimpleRecord> records = new ArrayList<>();
        for (String one : keysAndValues) {
            String[] parts = one.split("=", -1);
            byte[] value = parts[1].isEmpty() ? null : parts[1].getBytes(UTF_8);
            records.add(new SimpleRecord(100, parts[0].isEmpty() ? null : parts[0].getBytes(UTF_8), value));
        }
        return records.toArray(SimpleRecord[]::new);
    }

    private void append(MemoryRecords records) {
        ByteBuffer batch = records.buffer().duplicate();
        log.add(batch);
        next = BatchHeader.at(batch, batch.position()).lastOffset() + 1;
    }

    private List<ByteBuffer> cleaned(long from, int mapBytes, long now) {
        KeyOffsets keys = new KeyOffsets(1_000, mapBytes, aborted);
        for (ByteBuffer batch : log) {
            if (BatchHeader.at(batch, batch.position()).lastOffset() >= from && !keys.add(batch, from)) {
                break;
            }
        }
        RecordCleaning cleaning = new RecordCleaning(keys, aborted, now, DELETE_RETENTION);
        List<ByteBuffer> output = new ArrayList<>();
        log.forEach(batch -> cleaning.clean(batch).ifPresent(output::add));
        counts = cleaning.counts();
        assertThat(counts.addUp()).as("%s", counts).isTrue();
        return output;
    }

    private void clean(long now) {
        List<ByteBuffer> output = cleaned(0, 1 << 20, now);
        log.clear();
        log.addAll(output);
    }

    private static List<String> read(List<ByteBuffer> batches) {
        List<String> found = new ArrayList<>();
        for (ByteBuffer bytes : batches) {
            MemoryRecords.readableRecords(bytes.duplicate()).batches().forEach(batch -> {
                batch.ensureValid();
                for (Record record : batch) {
                    String text = batch.isControlBatch()
                            ? ControlRecordType.parse(record.key()).name()
                            : UTF_8.decode(record.key()) + "="
                                    + (record.hasValue()
                                            ? UTF_8.decode(record.value()).toString()
                                            : "");
                    found.add(record.offset() + ":" + text + (batch.isControlBatch() ? "" : "@" + record.timestamp()));
                }
            });
        }
        return found;
    }

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void theLastRecordOfEachKeyStaysAtItsOffset(CompressionType codec) {
        batch(codec, "a=1", "b=1", "c=1");
        batch(codec, "a=2", "b=2");
        batch(codec, "a=3");

        List<ByteBuffer> output = cleaned(0, 1 << 20, NOW);

        assertThat(read(output)).containsExactly("2:c=1@100", "4:b=2@100", "5:a=3@100");
        assertThat(counts).isEqualTo(new RecordCleaning.Counts(6, 3, 3, 0, 0, 0, 0));
        assertThat(output)
                .allSatisfy(
                        bytes -> assertThat(MemoryRecords.readableRecords(bytes).batches())
                                .allMatch(batch -> batch.compressionType() == codec));
    }

    @Test
    void aTombstoneStaysForItsTime() {
        batch(CompressionType.NONE, "a=1", "b=1");
        batch(CompressionType.NONE, "a=");
        batch(CompressionType.NONE, "c=1");

        clean(NOW);
        assertThat(read(log)).containsExactly("1:b=1@100", "2:a=@100", "3:c=1@100");
        clean(NOW + DELETE_RETENTION - 1);
        assertThat(read(log)).contains("2:a=@100");
        clean(NOW + DELETE_RETENTION);

        assertThat(read(log)).containsExactly("1:b=1@100", "3:c=1@100");
        assertThat(counts).isEqualTo(new RecordCleaning.Counts(3, 2, 0, 1, 0, 0, 0));
    }

    @Test
    void whatWasAbortedGoesAndDoesNotCount() {
        batch(CompressionType.NONE, "a=1");
        transactional(7, "a=aborted", "b=aborted");
        batch(CompressionType.NONE, "c=1");
        marker(7, false);
        aborted.add(new AbortedTransaction(7, 1, 4, 5));
        batch(CompressionType.NONE, "d=1");

        clean(NOW);

        assertThat(read(log)).containsExactly("0:a=1@100", "3:c=1@100", "4:ABORT", "5:d=1@100");
        assertThat(counts).isEqualTo(new RecordCleaning.Counts(6, 4, 0, 0, 2, 0, 0));
        // The time of the marker begins when nothing of its transaction is found any more.
        clean(NOW + 1);
        clean(NOW + DELETE_RETENTION);
        assertThat(read(log)).contains("4:ABORT");
        clean(NOW + 1 + DELETE_RETENTION);
        assertThat(read(log)).containsExactly("0:a=1@100", "3:c=1@100", "5:d=1@100");
        assertThat(counts).isEqualTo(new RecordCleaning.Counts(4, 3, 0, 0, 0, 1, 0));
    }

    @Test
    void theMarkerOfACommittedTransactionStaysAsLongAsAnythingOfIt() {
        transactional(7, "a=1");
        marker(7, true);
        batch(CompressionType.NONE, "b=1");
        clean(NOW);
        assertThat(read(log)).containsExactly("0:a=1@100", "1:COMMIT", "2:b=1@100");
        batch(CompressionType.NONE, "a=2");

        clean(NOW);
        assertThat(read(log)).containsExactly("1:COMMIT", "2:b=1@100", "3:a=2@100");
        clean(NOW + 1);
        clean(NOW + 1 + DELETE_RETENTION);

        assertThat(read(log)).containsExactly("2:b=1@100", "3:a=2@100");
    }

    @Test
    void recordsWithoutKeyGo() {
        batch(CompressionType.NONE, "=1", "a=1");

        assertThat(read(cleaned(0, 1 << 20, NOW))).containsExactly("1:a=1@100");
        assertThat(counts).isEqualTo(new RecordCleaning.Counts(2, 1, 0, 0, 0, 0, 1));
    }

    @Test
    void theLastBatchStaysWithoutItsRecords() {
        batch(CompressionType.NONE, "a=1");
        transactional(7, "b=aborted");
        aborted.add(new AbortedTransaction(7, 1, 2, 3));

        List<ByteBuffer> output = cleaned(0, 1 << 20, NOW);

        assertThat(read(output)).containsExactly("0:a=1@100");
        assertThat(BatchHeader.at(output.getLast(), 0).lastOffset()).isEqualTo(1);
    }

    @Test
    void aFullMapCleansAsFarAsItKnows() {
        for (int i = 0; i < 100; i++) {
            batch(CompressionType.NONE, "k" + i + "=1", "same=" + i);
        }

        List<String> found = read(cleaned(0, 1, NOW));

        // Sixteen slots hold fourteen keys: "same" and thirteen others, of offsets 0 to 24.
        assertThat(found)
                .hasSize(200 - 11)
                .contains("0:k0=1@100", "23:same=11@100", "25:same=12@100", "199:same=99@100")
                .doesNotContain("1:same=0@100", "21:same=10@100");
    }

    @Test
    void onlyWhatIsDirtyIsLookedAtAndAllIsCleaned() {
        batch(CompressionType.NONE, "a=1", "b=1");
        batch(CompressionType.NONE, "a=2");

        // The keys of the first batch are not taken in again: they were cleaned before.
        assertThat(read(cleaned(2, 1 << 20, NOW))).containsExactly("1:b=1@100", "2:a=2@100");
    }

    @Test
    void anyLogKeepsExactlyTheLastValueOfEachKey() {
        Random random = new Random(8123);
        List<CompressionType> codecs = List.of(CompressionType.values());
        for (int round = 0; round < 50; round++) {
            log.clear();
            next = 0;
            Map<String, String> last = new HashMap<>();
            for (int i = 0; i < 60; i++) {
                String[] some = new String[1 + random.nextInt(5)];
                for (int j = 0; j < some.length; j++) {
                    String key = "k" + random.nextInt(20);
                    some[j] = key + "=" + i + "." + j;
                    last.put(key, (next + j) + ":" + some[j] + "@100");
                }
                batch(codecs.get(random.nextInt(codecs.size())), some);
            }
            long from = random.nextInt((int) next);
            List<ByteBuffer> once = cleaned(0, 1 << 20, NOW);
            log.clear();
            log.addAll(once);
            assertThat(read(cleaned(from, 1 << 20, NOW))).containsExactlyInAnyOrderElementsOf(last.values());
        }
    }

    @Test
    void offsetsAndTimesOfBatchesStay() {
        append(MemoryRecords.withRecords(
                (byte) 2,
                next,
                Compression.NONE,
                TimestampType.LOG_APPEND_TIME,
                new SimpleRecord(7, "a".getBytes(UTF_8), "1".getBytes(UTF_8)),
                new SimpleRecord(7, "b".getBytes(UTF_8), "1".getBytes(UTF_8))));
        batch(CompressionType.NONE, "b=2");

        ByteBuffer first = cleaned(0, 1 << 20, NOW).getFirst();

        BatchHeader header = BatchHeader.at(first, 0);
        assertThat(header.baseOffset()).isZero();
        assertThat(header.lastOffset()).isEqualTo(1);
        assertThat(header.recordCount()).isEqualTo(1);
        assertThat(MemoryRecords.readableRecords(first)
                        .batches()
                        .iterator()
                        .next()
                        .timestampType())
                .isEqualTo(TimestampType.LOG_APPEND_TIME);
    }
}
