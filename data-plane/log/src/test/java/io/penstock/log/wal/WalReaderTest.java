// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.KEYS;
import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotContent;
import io.penstock.objectstore.PutCondition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WalReaderTest {
    private final WalBench bench = new WalBench();
    private final WalReader reader = new WalReader(bench.patientStore(), KEYS);

    private List<SlotFooter> footers(long from, long to) {
        return bench.await(new SharedFooters(reader, 32).footers(Samples.INCARNATION, 0, from, to));
    }

    @Test
    void footersTellWhatEachSlotHolds() {
        bench.await(bench.append().durability());
        bench.await(bench.append().durability());
        bench.await(bench.wal.append(Samples.handOff(1, 1)).durability());
        Seal seal = new Seal(slot(0, 3), "heir", "lost", Fence.all());
        bench.sealBySomebody(seal);

        List<SlotFooter> footers = footers(0, 5);

        assertThat(footers).hasSize(5);
        SlotFooter.Rows first = (SlotFooter.Rows) footers.getFirst();
        assertThat(first.batches()).extracting(BatchIndex::baseOffset).containsExactly(0L);
        assertThat(((SlotFooter.Rows) footers.get(2)).control()).containsExactly(Samples.handOff(1, 1));
        assertThat(footers.get(3)).isEqualTo(new SlotFooter.SealThere(seal));
        assertThat(footers.get(4)).isEqualTo(new SlotFooter.MissingSlot(slot(0, 4)));
        assertThat(footers(2, 2)).isEmpty();
    }

    @Test
    void aLargeSlotIsNotReadForItsFooter() {
        for (int offset = 0; offset < 3000; offset++) {
            bench.wal.append(Samples.index(Samples.shard(1), Samples.epoch(1), 0, offset), Samples.batch(1000, offset));
        }
        bench.runtime.runFor(Duration.ofSeconds(1));
        assertThat(bench.durable).hasSize(1);
        bench.store.requests().clear();

        SlotFooter.Rows rows = (SlotFooter.Rows) footers(0, 1).getFirst();

        assertThat(rows.batches()).hasSize(3000);
        assertThat(bench.store.requests())
                .as("its end, and the rest of a large footer")
                .hasSize(2);
    }

    @Test
    void aLargeSealIsReadWhole() {
        Map<io.penstock.objectstore.layout.ShardId, io.penstock.objectstore.layout.LeaderEpoch> fence = new TreeMap<>();
        for (int shard = 0; shard < 10_000; shard++) {
            fence.put(Samples.shard(shard), Samples.epoch(shard + 1));
        }
        Seal seal = new Seal(slot(0, 0), "heir", "moves", Fence.shards(fence));
        bench.sealBySomebody(seal);

        assertThat(footers(0, 1)).containsExactly(new SlotFooter.SealThere(seal));
        assertThat(bench.await(new SlotProbe(bench.patientStore(), KEYS).look(slot(0, 0))))
                .isEqualTo(new Occupant.SealThere(seal));
    }

    @Test
    void damageIsToldNotThrown() {
        byte[] bytes = new byte[1000];
        bench.bucket
                .put(key(0, 0), ByteBuffer.wrap(bytes), PutCondition.ifAbsent())
                .join();
        bench.bucket
                .put(key(0, 1), ByteBuffer.wrap(new byte[100_000]), PutCondition.ifAbsent())
                .join();

        assertThat(footers(0, 2)).allSatisfy(footer -> assertThat(footer).isInstanceOf(SlotFooter.DamagedSlot.class));
        assertThat(bench.await(reader.slot(slot(0, 0)))).isInstanceOf(SlotRead.Damaged.class);
    }

    @Test
    void wholeSlotsAndPartsAreRead() {
        bench.await(bench.append().durability());
        BatchIndex batch = bench.durable.getFirst().batches().getFirst();

        SlotRead.Found found = (SlotRead.Found) bench.await(reader.slot(slot(0, 0)));
        var bytes = (BytesRead.Found) bench.await(reader.bytes(slot(0, 0), batch.position(), batch.size()));

        assertThat(((SlotContent.WalData) found.content()).bytes(batch)).isEqualTo(bytes.bytes());
        assertThat(bench.durable.getFirst().bytes(batch)).isEqualTo(bytes.bytes());
        assertThat(bench.await(reader.slot(slot(0, 1)))).isEqualTo(new SlotRead.Missing(slot(0, 1)));
        assertThat(bench.await(reader.bytes(slot(0, 1), 0, 10))).isEqualTo(new BytesRead.Missing());
        assertThat(bench.await(reader.bytes(slot(0, 0), 0, 1 << 20))).isInstanceOf(BytesRead.Damaged.class);
    }

    @Test
    void recoveryWaitsForAStoreInTroubleAndFetchesDoNot() {
        bench.await(bench.append().durability());
        bench.store.readsFail(true);

        var footers = new SharedFooters(reader, 32).footers(Samples.INCARNATION, 0, 0, 1);
        assertThat(bench.await(reader.bytes(slot(0, 0), 0, 10))).isInstanceOf(BytesRead.Unavailable.class);
        bench.runtime.runFor(Duration.ofMinutes(1));
        assertThat(footers).isNotDone();

        bench.store.readsFail(false);
        assertThat(bench.await(footers)).hasSize(1);
    }
}
