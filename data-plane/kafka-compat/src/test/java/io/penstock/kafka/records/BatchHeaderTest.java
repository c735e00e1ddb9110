// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class BatchHeaderTest {
    private static final SimpleRecord EARLY = new SimpleRecord(1_000, "k".getBytes(UTF_8), "early".getBytes(UTF_8));
    private static final SimpleRecord LATE = new SimpleRecord(3_000, "k".getBytes(UTF_8), "late".getBytes(UTF_8));
    private static final SimpleRecord MIDDLE = new SimpleRecord(2_000, "k".getBytes(UTF_8), "middle".getBytes(UTF_8));

    @Test
    void readsWhatKafkaWrote() {
        ByteBuffer batch = MemoryRecords.withTransactionalRecords(
                        Compression.gzip().build(), 77L, (short) 5, 12, EARLY, LATE)
                .buffer();

        BatchHeader header = BatchHeader.at(batch, 0);

        assertThat(header.sizeInBytes()).isEqualTo(batch.remaining());
        assertThat(header.producerId()).isEqualTo(77);
        assertThat(header.producerEpoch()).isEqualTo((short) 5);
        assertThat(header.baseSequence()).isEqualTo(12);
        assertThat(header.lastSequence()).isEqualTo(13);
        assertThat(header.recordCount()).isEqualTo(2);
        assertThat(header.baseTimestamp()).isEqualTo(1_000);
        assertThat(header.maxTimestamp()).isEqualTo(3_000);
        assertThat(header.transactional()).isTrue();
        assertThat(header.control()).isFalse();
    }

    @Test
    void patchingLeavesTheChecksumValid() {
        ByteBuffer batch =
                MemoryRecords.withRecords(Compression.NONE, EARLY, LATE).buffer();

        BatchHeader.patch(batch, 0, 1_234_567_890_123L, 42);

        RecordBatch read =
                MemoryRecords.readableRecords(batch).batches().iterator().next();
        read.ensureValid();
        assertThat(read.baseOffset()).isEqualTo(1_234_567_890_123L);
        assertThat(read.lastOffset()).isEqualTo(1_234_567_890_124L);
        assertThat(read.partitionLeaderEpoch()).isEqualTo(42);
    }

    @Test
    void sequencesWrapAround() {
        ByteBuffer batch = MemoryRecords.withIdempotentRecords(
                        Compression.NONE, 1L, (short) 0, Integer.MAX_VALUE, EARLY, LATE)
                .buffer();

        assertThat(BatchHeader.at(batch, 0).lastSequence()).isZero();
    }

    @Test
    void findsSeveralBatchesInOneBuffer() {
        ByteBuffer one = MemoryRecords.withRecords(Compression.NONE, EARLY).buffer();
        ByteBuffer two =
                MemoryRecords.withRecords(Compression.NONE, LATE, MIDDLE).buffer();
        ByteBuffer both = ByteBuffer.allocate(3 + one.remaining() + two.remaining());
        both.position(3);
        both.put(one.duplicate()).put(two.duplicate()).flip().position(3);

        List<BatchHeader> headers = BatchHeader.all(both);

        assertThat(headers).extracting(BatchHeader::recordCount).containsExactly(1, 2);
        assertThat(headers.get(1).bytesIn(both)).isEqualTo(two);
    }

    @Test
    void refusesWhatIsNoWholeBatch() {
        ByteBuffer batch = MemoryRecords.withRecords(Compression.NONE, EARLY).buffer();
        ByteBuffer cut = batch.duplicate().limit(batch.limit() - 1);
        ByteBuffer old =
                ByteBuffer.allocate(batch.remaining()).put(batch.duplicate()).flip();
        old.put(16, (byte) 1);

        assertThatThrownBy(() -> BatchHeader.all(cut)).isInstanceOf(InvalidBatch.class);
        assertThatThrownBy(() -> BatchHeader.all(old))
                .isInstanceOf(InvalidBatch.class)
                .hasMessageContaining("format 1");
        assertThatThrownBy(() -> BatchHeader.all(ByteBuffer.allocate(20))).isInstanceOf(InvalidBatch.class);
    }

    @Test
    void readsTransactionMarkers() {
        ByteBuffer commit = MemoryRecords.withEndTransactionMarker(
                        9L, (short) 3, new EndTransactionMarker(ControlRecordType.COMMIT, 8))
                .buffer();

        assertThat(BatchHeader.at(commit, 0).control()).isTrue();
        assertThat(TransactionMarker.in(commit)).contains(new TransactionMarker(true, 8));
    }

    @Test
    void findsRecordsByTimestampInsideACompressedBatch() {
        ByteBuffer batch = MemoryRecords.withRecords(
                        100L, Compression.gzip().build(), EARLY, LATE, MIDDLE, new SimpleRecord(3_000, new byte[1]))
                .buffer();

        assertThat(RecordTimestamps.firstAtOrAfter(batch, 2_000, 0)).contains(new RecordTimestamps.Stamped(101, 3_000));
        assertThat(RecordTimestamps.firstAtOrAfter(batch, 2_000, 102))
                .contains(new RecordTimestamps.Stamped(102, 2_000));
        assertThat(RecordTimestamps.firstAtOrAfter(batch, 3_001, 0)).isEmpty();
        assertThat(RecordTimestamps.largest(batch, 0)).hasValue(3_000);
    }
}
