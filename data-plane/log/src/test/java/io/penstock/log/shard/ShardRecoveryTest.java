// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.Samples;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.read.TailSlot;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ShardRecoveryTest {
    private static final ShardId SHARD = new ShardId(3);
    private static final TopicPartitionId PARTITION = new TopicPartitionId(Samples.TOPIC, 0);
    private static final Incarnation OTHER = new Incarnation(1, 2);
    private final ShardRecovery recovery = new ShardRecovery(SHARD, new LeaderEpoch(9), () -> 0);

    private static BatchIndex batch(int epoch, long offset) {
        return Samples.index(SHARD, new LeaderEpoch(epoch), 0, offset);
    }

    private static ReadSlot slot(
            Incarnation incarnation, int generation, long slot, List<BatchIndex> batches, ControlEntry... control) {
        return new ReadSlot(new TailSlot(new WalSlot(incarnation, generation, slot)), batches, List.of(control));
    }

    private void rebuild(ReadSlot... slots) {
        recovery.rebuild(
                ShardManifest.empty(SHARD, new LeaderEpoch(9), new Nonce(1, 1)), Optional.empty(), List.of(slots));
    }

    private PartitionLog partition() {
        return Optional.ofNullable(recovery.partitions().get(PARTITION)).orElseThrow();
    }

    private static ControlEntry starts(int epoch, long end) {
        return new ControlEntry.EpochStart(SHARD, new LeaderEpoch(epoch), Map.of(PARTITION, end), List.of());
    }

    @Test
    void epochsAreReplayedInOrderWhateverOrderTheirTailsComeIn() {
        rebuild(
                slot(OTHER, 0, 0, List.of(batch(5, 3)), starts(5, 3)),
                slot(Samples.INCARNATION, 1, 0, List.of(batch(2, 2))),
                slot(Samples.INCARNATION, 0, 7, List.of(batch(2, 1))),
                slot(Samples.INCARNATION, 0, 6, List.of(batch(2, 0))));

        assertThat(partition().endOffset()).isEqualTo(4);
        assertThat(partition().highWatermark()).isEqualTo(4);
        assertThat(partition().epochs().endOf(2, 4)).isEqualTo(new EpochHistory.End(2, 3));
    }

    @Test
    void aHoleIsCorruption() {
        assertThatThrownBy(() -> rebuild(slot(OTHER, 0, 0, List.of(batch(5, 0), batch(5, 2)))))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("records are missing");
    }

    @Test
    void anEndThatIsNotReachedIsCorruption() {
        assertThatThrownBy(() -> rebuild(
                        slot(Samples.INCARNATION, 0, 0, List.of(batch(2, 0))),
                        slot(OTHER, 0, 0, List.of(), starts(5, 2))))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("EPOCH_START says");
        var handOff = new ControlEntry.HandOff(SHARD, new LeaderEpoch(5), false, Map.of(PARTITION, 2L));
        assertThatThrownBy(() -> rebuild(slot(OTHER, 0, 0, List.of(), handOff)))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("HANDOFF says");
    }

    @Test
    void otherShardsAndLaterEpochsAreNotOurs() {
        rebuild(slot(
                OTHER,
                0,
                0,
                List.of(
                        Samples.index(new ShardId(4), new LeaderEpoch(5), 0, 17),
                        batch(5, 0),
                        Samples.index(SHARD, new LeaderEpoch(9), 0, 1))));

        assertThat(partition().endOffset()).isEqualTo(1);
    }

    @Test
    void logStartsAndDropsAreKept() {
        rebuild(slot(
                OTHER,
                0,
                0,
                List.of(batch(5, 0), batch(5, 1)),
                new ControlEntry.LogStart(SHARD, new LeaderEpoch(5), Samples.TOPIC, 0, 1),
                new ControlEntry.Drop(SHARD, new LeaderEpoch(5), new org.apache.kafka.common.Uuid(7, 7))));

        assertThat(partition().logStartOffset()).isEqualTo(1);
        assertThat(recovery.dropped()).containsExactly(new org.apache.kafka.common.Uuid(7, 7));
    }
}
