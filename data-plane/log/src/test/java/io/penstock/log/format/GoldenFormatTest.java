// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objectstore.layout.Incarnation;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class GoldenFormatTest {

    @Test
    void walObjects() {
        Golden.check("wal-object-1", Samples.walObject());

        var data = (SlotContent.WalData) SlotCodec.decode(Samples.SLOT, Golden.read("wal-object-1"));
        assertThat(data.control()).isEqualTo(Samples.controlEntries());
        assertThat(data.batches()).hasSize(2);
    }

    @Test
    void seals() {
        Golden.check("seal-all-1", Samples.sealOfAll().encode());
        Golden.check("seal-shards-1", Samples.sealByName().encode());

        assertThat(Seal.decode(Samples.SLOT, Golden.read("seal-all-1"))).isEqualTo(Samples.sealOfAll());
        assertThat(Seal.decode(Samples.SLOT, Golden.read("seal-shards-1"))).isEqualTo(Samples.sealByName());
    }

    @Test
    void floors() {
        Floor floor = new Floor(Samples.INCARNATION, 2, 1_000_000_000_000L, new Nonce(5, 6));
        Golden.check("floor-1", floor.encode());

        ByteBuffer golden = Golden.read("floor-1");
        assertThat(Floor.decode(Samples.INCARNATION, 2, golden)).isEqualTo(floor);
        assertThatThrownBy(() -> Floor.decode(Samples.INCARNATION, 3, golden)).isInstanceOf(CorruptObject.class);
        assertThatThrownBy(() -> Floor.decode(new Incarnation(1, 1), 2, golden)).isInstanceOf(CorruptObject.class);
        byte[] bytes = new byte[golden.remaining()];
        golden.duplicate().get(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> Floor.decode(Samples.INCARNATION, 2, ByteBuffer.wrap(bytes)))
                    .isInstanceOf(CorruptObject.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }
}
