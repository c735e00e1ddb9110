// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.kafka.validation.ProduceVerdict.Acceptable;
import io.penstock.kafka.validation.ProduceVerdict.Unacceptable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.CompressionType;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ProduceValidatorTest {
    private static final long NOW = 1_790_000_000_000L;
    private static final short VERSION = 12;

    private final ProduceValidator validator = new ProduceValidator(() -> NOW);

    @ParameterizedTest
    @EnumSource
    void everyCodecIsAcceptedAndItsBytesStay(CompressionType codec) {
        MemoryRecords records = MemoryRecords.withRecords(Compression.of(codec).build(), record("a"), record("b"));
        ByteBuffer before = copy(records.buffer());

        Acceptable verdict = (Acceptable) judge(records, Map.of());

        assertThat(verdict.records()).isEqualTo(2);
        assertThat(verdict.logAppendTime()).isEqualTo(-1);
        assertThat(body(verdict.batch())).isEqualTo(body(before));
    }

    @Test
    void aChangedByteIsACorruptMessage() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record("a"));
        int last = records.sizeInBytes() - 3;
        records.buffer().put(last, (byte) (records.buffer().get(last) ^ 1));

        assertThat(refusal(records, Map.of()).error()).isEqualTo(Errors.CORRUPT_MESSAGE);
    }

    @Test
    void aBatchThatIsCutShortIsRefused() {
        MemoryRecords whole = MemoryRecords.withRecords(Compression.NONE, record("a"));
        ByteBuffer cut = whole.buffer().limit(whole.sizeInBytes() - 5).slice();

        assertThat(refusal(MemoryRecords.readableRecords(cut), Map.of()).error())
                .isIn(Errors.CORRUPT_MESSAGE, Errors.INVALID_RECORD);
    }

    @Test
    void twoBatchesAreRefused() {
        MemoryRecords one = MemoryRecords.withRecords(Compression.NONE, record("a"));
        ByteBuffer two = ByteBuffer.allocate(2 * one.sizeInBytes());
        two.put(one.buffer().duplicate()).put(one.buffer().duplicate()).flip();

        assertThat(refusal(MemoryRecords.readableRecords(two), Map.of()).error())
                .isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBatchWithAnOffsetOfItsOwnIsRefused() {
        MemoryRecords records = MemoryRecords.withRecords(5, Compression.NONE, record("a"));

        assertThat(refusal(records, Map.of()).error()).isEqualTo(Errors.INVALID_RECORD);
    }

    @Test
    void aBatchAboveTheTopicsLimitIsRefused() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record("a".repeat(500)));

        assertThat(refusal(records, Map.of("max.message.bytes", "400")).error()).isEqualTo(Errors.MESSAGE_TOO_LARGE);
    }

    @Test
    void aCompactedTopicNamesTheRecordsWithoutAKey() {
        MemoryRecords records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(NOW, bytes("k"), bytes("v")), record("no key"));

        Unacceptable verdict = refusal(records, Map.of("cleanup.policy", "compact"));

        assertThat(verdict.error()).isEqualTo(Errors.INVALID_RECORD);
        assertThat(verdict.recordErrors())
                .extracting(ProduceVerdict.BadRecord::index)
                .containsExactly(1);
    }

    @Test
    void aCreateTimeOutOfBoundsIsAnInvalidTimestamp() {
        MemoryRecords records =
                MemoryRecords.withRecords(Compression.NONE, new SimpleRecord(NOW + 7_200_000, bytes("v")));

        assertThat(refusal(records, Map.of()).error()).isEqualTo(Errors.INVALID_TIMESTAMP);
    }

    @Test
    void logAppendTimeIsWrittenIntoTheBatchAndItsCrcIsRight() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.lz4().build(), new SimpleRecord(1, bytes("v")));

        Acceptable verdict = (Acceptable) judge(records, Map.of("message.timestamp.type", "LogAppendTime"));

        assertThat(verdict.logAppendTime()).isEqualTo(NOW);
        RecordBatch batch = MemoryRecords.readableRecords(verdict.batch())
                .batches()
                .iterator()
                .next();
        batch.ensureValid();
        assertThat(batch.maxTimestamp()).isEqualTo(NOW);
    }

    @Test
    void aTopicWithACodecOfItsOwnConverts() {
        MemoryRecords records = MemoryRecords.withRecords(Compression.NONE, record("a".repeat(500)));

        Acceptable verdict = (Acceptable) judge(records, Map.of("compression.type", "zstd"));

        RecordBatch batch = MemoryRecords.readableRecords(verdict.batch())
                .batches()
                .iterator()
                .next();
        batch.ensureValid();
        assertThat(batch.compressionType()).isEqualTo(CompressionType.ZSTD);
    }

    @Test
    void transactionalAndIdempotentBatchesAreRecognised() {
        Acceptable idempotent = (Acceptable)
                judge(MemoryRecords.withIdempotentRecords(Compression.NONE, 4, (short) 0, 0, record("a")), Map.of());
        Acceptable transactional = (Acceptable)
                judge(MemoryRecords.withTransactionalRecords(Compression.NONE, 4, (short) 0, 0, record("a")), Map.of());

        assertThat(idempotent.idempotent()).isTrue();
        assertThat(idempotent.transactional()).isFalse();
        assertThat(transactional.transactional()).isTrue();
    }

    private Unacceptable refusal(MemoryRecords records, Map<String, String> configs) {
        return (Unacceptable) judge(records, configs);
    }

    private ProduceVerdict judge(MemoryRecords records, Map<String, String> configs) {
        return validator.judge(
                new PartitionProduceData().setIndex(0).setRecords(records), "orders", VERSION, TopicRules.of(configs));
    }

    private static SimpleRecord record(String value) {
        return new SimpleRecord(NOW, bytes(value));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ByteBuffer copy(ByteBuffer bytes) {
        return ByteBuffer.allocate(bytes.remaining()).put(bytes.duplicate()).flip();
    }

    /// The part of a batch that its CRC covers.
    private static ByteBuffer body(ByteBuffer batch) {
        return batch.duplicate().position(batch.position() + 17).slice();
    }
}
