// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.log.format.SlotCodec.FooterRead;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.junit.jupiter.api.Test;

class SlotFormatTest {

    @Test
    void aWalObjectIsReadAsItWasWritten() {
        var data = (SlotContent.WalData) SlotCodec.decode(Samples.SLOT, Samples.walObject());

        assertThat(data.header()).isEqualTo(Samples.header());
        assertThat(data.control()).isEqualTo(Samples.controlEntries());
        assertThat(data.batches()).hasSize(2);
        BatchIndex first = data.batches().getFirst();
        assertThat(first.baseOffset()).isEqualTo(5_000_000_000L);
        assertThat(first.lastOffset()).isEqualTo(5_000_000_009L);
        assertThat(first.producerEpoch()).isEqualTo((short) 3);
        assertThat(first.transactional()).isTrue();
        assertThat(first.control()).isFalse();
        assertThat(data.batches().get(1).control()).isTrue();
        assertThat(data.bytes(first).remaining()).isEqualTo(100);
        assertThat(data.bytes(first).getLong(0)).isEqualTo(5_000_000_000L);
        assertThat(data.bytes(first).getInt(12)).isEqualTo(7);
        assertThat(data.bytes(first)
                        .slice(16, 84)
                        .mismatch(Samples.batch(100, 1).slice(16, 84)))
                .isEqualTo(-1);
        assertThat(data.object().isReadOnly()).isTrue();
    }

    @Test
    void aKafkaBatchStaysValidWithItsOffsetAndEpochInPlace() {
        var records = MemoryRecords.withRecords(
                Compression.NONE, new SimpleRecord(5, "k".getBytes(UTF_8), "v".getBytes(UTF_8)));
        WalObjectBuilder object = new WalObjectBuilder();

        BatchIndex placed = object.append(Samples.index(Samples.shard(1), Samples.epoch(9), 0, 42), records.buffer());

        RecordBatch batch = MemoryRecords.readableRecords(object.bytes(placed))
                .batches()
                .iterator()
                .next();
        batch.ensureValid();
        assertThat(batch.baseOffset()).isEqualTo(42);
        assertThat(batch.lastOffset()).isEqualTo(42);
        assertThat(batch.partitionLeaderEpoch()).isEqualTo(9);
        assertThat(records.batches().iterator().next().baseOffset()).isZero();
    }

    @Test
    void anyFlippedBitOfAWalObjectIsFound() {
        everyFlippedBitIsFound(Samples.walObject());
    }

    @Test
    void anyFlippedBitOfASealIsFound() {
        everyFlippedBitIsFound(Samples.sealByName().encode());
        everyFlippedBitIsFound(Samples.sealOfAll().encode());
    }

    private static void everyFlippedBitIsFound(ByteBuffer object) {
        byte[] bytes = new byte[object.remaining()];
        object.duplicate().get(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> SlotCodec.decode(Samples.SLOT, ByteBuffer.wrap(bytes)))
                    .as("bit %s", bit)
                    .isInstanceOf(CorruptObject.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
        SlotCodec.decode(Samples.SLOT, ByteBuffer.wrap(bytes));
    }

    @Test
    void everyCutOffObjectIsRefused() {
        for (ByteBuffer object :
                List.of(Samples.walObject(), Samples.sealByName().encode())) {
            for (int length = 0; length < object.remaining(); length++) {
                ByteBuffer cut = object.slice(0, length);
                assertThatThrownBy(() -> SlotCodec.decode(Samples.SLOT, cut)).isInstanceOf(CorruptObject.class);
            }
        }
    }

    @Test
    void anObjectOfAnotherSlotIsRefused() {
        assertThatThrownBy(() -> SlotCodec.decode(Samples.SLOT.next(), Samples.walObject()))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("holds slot");
        assertThatThrownBy(() -> SlotCodec.decode(
                        Samples.SLOT.next(), Samples.sealOfAll().encode()))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("holds the seal of");
    }

    @Test
    void aFooterIsReadFromTheEndAlone() {
        ByteBuffer object = Samples.walObject();
        int size = object.remaining();
        var whole = (SlotContent.WalData) SlotCodec.decode(Samples.SLOT, object);

        var tooLittle = (FooterRead.BeginsAt) SlotCodec.footer(Samples.SLOT, object.slice(size - 80, 80), size);
        int from = (int) tooLittle.position();
        var enough = (FooterRead.Footer) SlotCodec.footer(Samples.SLOT, object.slice(from, size - from), size);

        assertThat(from).isEqualTo(WalHeader.SIZE + 178);
        assertThat(enough.batches()).isEqualTo(whole.batches());
        assertThat(enough.control()).isEqualTo(whole.control());
        assertThat(enough.header()).isEqualTo(whole.header());
        assertThat(SlotCodec.footer(Samples.SLOT, object, size)).isEqualTo(enough);
    }

    @Test
    void sealsAreReadAsTheyWereWritten() {
        for (Seal seal : List.of(Samples.sealByName(), Samples.sealOfAll())) {
            assertThat(SlotCodec.decode(Samples.SLOT, seal.encode())).isEqualTo(new SlotContent.SealContent(seal));
        }
    }

    @Test
    void aFenceShutsOutItsShardsAtTheirEpochsAndBelow() {
        Fence fence = Samples.sealByName().fence();

        assertThat(fence.fences(Samples.shard(3), Samples.epoch(6))).isTrue();
        assertThat(fence.fences(Samples.shard(3), Samples.epoch(1))).isTrue();
        assertThat(fence.fences(Samples.shard(3), Samples.epoch(7))).isFalse();
        assertThat(fence.fences(Samples.shard(4), Samples.epoch(1))).isFalse();
        assertThat(Fence.all().fences(Samples.shard(4), Samples.epoch(1000))).isTrue();
        assertThat(Fence.nobody().fences(Samples.shard(3), Samples.epoch(1))).isFalse();
    }

    @Test
    void anUnknownVersionSaysSo() {
        byte[] bytes = new byte[Samples.walObject().remaining()];
        Samples.walObject().get(bytes);
        bytes[5] = 2;

        assertThatThrownBy(() -> SlotCodec.decode(Samples.SLOT, ByteBuffer.wrap(bytes)))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("version 2 of WAL_OBJECT is unknown here");
    }

    @Test
    void frozenBytesStayFrozen() {
        WalObjectBuilder object = new WalObjectBuilder();
        object.append(Samples.controlEntries().getFirst());
        object.freeze(Samples.header());

        assertThatThrownBy(() -> object.append(Samples.controlEntries().getFirst()))
                .isInstanceOf(IllegalStateException.class);
    }
}
