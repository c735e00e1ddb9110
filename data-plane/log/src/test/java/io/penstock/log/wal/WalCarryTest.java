// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.KEYS;
import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Durability;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotContent;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WalCarryTest {
    private static final ShardId MOVED = Samples.shard(2);
    private static final ShardId STAYS = Samples.shard(1);

    private final WalBench bench = new WalBench();
    private boolean down;

    private static Seal fencing(int generation, long slot, int upTo) {
        return new Seal(slot(generation, slot), "heir", "moves", Fence.shards(Map.of(MOVED, new LeaderEpoch(upTo))));
    }

    /// The slot can only be written again once `down` is false.
    private void unreachable(WalBench bench, int generation, long slot) {
        down = true;
        bench.store.faults(
                key -> down && key.equals(key(generation, slot)) ? new Fault.LostRequest() : new Fault.None());
    }

    /// In a slot of its own.
    private WalTicket alone(ShardId shard, LeaderEpoch epoch) {
        WalTicket ticket = bench.append(shard, epoch);
        bench.runtime.runFor(Duration.ofMillis(5));
        return ticket;
    }

    @Test
    void whatIsNotFencedGoesOnUnchangedInTheNextGeneration() {
        bench.await(bench.append(STAYS, Samples.epoch(1)).durability());
        unreachable(bench, 0, 1);
        WalTicket stays = alone(STAYS, Samples.epoch(1));
        WalTicket fenced = alone(MOVED, Samples.epoch(3));
        WalTicket newer = alone(MOVED, Samples.epoch(4));
        WalTicket last = alone(STAYS, Samples.epoch(1));
        List<ByteBuffer> before = List.of(stays.bytes(), newer.bytes(), last.bytes());
        bench.runtime.runFor(Duration.ofMillis(30));
        assertThat(bench.bucket.keys()).as("stored beyond the gap").contains(key(0, 2), key(0, 3), key(0, 4));
        bench.sealBySomebody(fencing(0, 1, 3));
        down = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(fenced.durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(List.of(stays, newer, last)).allSatisfy(ticket -> {
            assertThat(ticket.durability()).isCompletedWithValue(Durability.DURABLE);
            assertThat(ticket.slot()).isEqualTo(slot(1, 0));
        });
        assertThat(bench.durableOffsets).containsExactly(0L, 1L, 3L, 4L);
        assertThat(bench.offsetsIn(1, 0)).containsExactly(1L, 3L, 4L);
        assertThat(List.of(stays.bytes(), newer.bytes(), last.bytes())).isEqualTo(before);
        SlotContent.WalData carried = (SlotContent.WalData) bench.content(1, 0);
        assertThat(carried.batches().stream().map(carried::bytes).toList()).isEqualTo(before);
        assertThat(bench.fences).containsExactly(Map.of(MOVED, Samples.epoch(3)));
        assertThat(bench.wal.status()).isEqualTo(new WalStatus(1, 0, 0, 0, false));
        assertThat(bench.ended).isNull();
    }

    @Test
    void whatWasNotSentYetIsCarriedBehindWhatWas() {
        unreachable(bench, 0, 0);
        List<WalTicket> tickets = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            tickets.add(bench.append());
        }
        assertThat(bench.wal.status().slotsInFlight()).isEqualTo(8);
        bench.sealBySomebody(fencing(0, 0, 9));
        down = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(bench.durableOffsets).hasSize(40).isSorted();
        assertThat(tickets)
                .allSatisfy(ticket -> assertThat(ticket.durability()).isCompletedWithValue(Durability.DURABLE));
        assertThat(bench.durable)
                .allSatisfy(durable -> assertThat(durable.slot().generation()).isEqualTo(1));
    }

    @Test
    void carriedEntriesAreCarriedAgain() {
        WalTicket control = bench.wal.append(Samples.handOff(1, 1));
        unreachable(bench, 0, 0);
        WalTicket batch = bench.append();
        bench.sealBySomebody(fencing(0, 0, 1));
        bench.sealBySomebody(fencing(1, 0, 2));
        bench.sealBySomebody(fencing(2, 0, 3));
        down = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(batch.slot()).isEqualTo(slot(3, 0));
        assertThat(control.slot()).isEqualTo(slot(3, 0));
        assertThat(bench.durable.getFirst().control()).containsExactly(Samples.handOff(1, 1));
        assertThat(bench.fences).hasSize(3);
    }

    @Test
    void whoWasFencedByNameNeverWritesAgainNotEvenIfItNeverWrote() {
        bench.sealBySomebody(fencing(0, 0, 5));
        bench.await(bench.append(STAYS, Samples.epoch(1)).durability());

        assertThat(bench.append(MOVED, Samples.epoch(4)).durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.append(MOVED, Samples.epoch(5)).durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.wal.append(Samples.handOff(2, 5)).durability()).isCompletedWithValue(Durability.FENCED);
        assertThat(bench.wal.pendingBytes()).isZero();
        assertThat(bench.await(bench.append(MOVED, Samples.epoch(6)).durability()))
                .isEqualTo(Durability.DURABLE);
    }

    @Test
    void aLaterSealAtALowerEpochReopensNothing() {
        bench.sealBySomebody(fencing(0, 0, 5));
        bench.sealBySomebody(fencing(1, 0, 3));
        bench.await(bench.append(STAYS, Samples.epoch(1)).durability());

        assertThat(bench.fences).hasSize(2);
        assertThat(bench.append(MOVED, Samples.epoch(5)).durability()).isCompletedWithValue(Durability.FENCED);
    }

    @Test
    void theWalOfAnIdleBrokerGoesOnWithNothing() {
        bench.await(bench.append().durability());
        bench.sealBySomebody(fencing(0, 1, 1));

        assertThat(bench.await(bench.wal.barrier())).isTrue();

        assertThat(bench.fences).hasSize(1);
        assertThat(bench.wal.status().generation()).isEqualTo(1);
        assertThat(bench.bucket.keys()).containsExactly(key(0, 0), key(0, 1));
    }

    @Test
    void droppingWhatIsUnacknowledgedLeavesAHole() {
        WalBench naive = new WalBench(
                WalSettings.defaults(LatencyProfile.FAST), LogRules.strict().without(Rule.R8_CARRY_UNCHANGED));
        naive.await(naive.append().durability());
        unreachable(naive, 0, 1);
        naive.append();
        naive.sealBySomebody(fencing(0, 1, 1));
        down = false;
        naive.runtime.runFor(Duration.ofSeconds(5));
        naive.await(naive.append().durability());

        assertThat(naive.durableOffsets).containsExactly(0L, 2L);
    }

    @Test
    void aSlotStuckForLongIsSealedByItsOwnWriterWhoGoesOn() {
        bench.await(bench.append().durability());
        unreachable(bench, 0, 1);
        WalTicket stuck = bench.append();
        WalTicket behind = bench.append();
        bench.runtime.runFor(Duration.ofSeconds(29));
        assertThat(bench.wal.status().generation()).isZero();

        bench.runtime.runFor(Duration.ofSeconds(3));
        assertThat(stuck.durability()).isNotDone();
        down = false;
        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(((SlotContent.SealContent) bench.content(0, 1)).seal().fence())
                .isEqualTo(Fence.nobody());
        assertThat(stuck.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(behind.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(stuck.slot()).isEqualTo(slot(1, 0));
        assertThat(bench.durableOffsets).containsExactly(0L, 1L, 2L);
        assertThat(bench.fences).containsExactly(Map.of());
    }

    @Test
    void aStuckSlotThatTurnsOutStoredIsNotSealed() {
        bench.store.faults(key -> down ? new Fault.LostRequest() : new Fault.None());
        bench.store.faults(key(0, 0), new Fault.LostReply());
        down = true;
        WalTicket stuck = bench.append();
        bench.runtime.runFor(Duration.ofSeconds(40));
        down = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(stuck.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(stuck.slot()).isEqualTo(slot(0, 0));
        assertThat(bench.wal.status().generation()).isZero();
    }

    @Test
    void aSealByTheHeirOfAnotherShardMayCrossOurOwn() {
        unreachable(bench, 0, 0);
        WalTicket ours = bench.append();
        bench.runtime.runFor(Duration.ofSeconds(31));
        WalSealer heir = new WalSealer(
                new PatientStore(bench.bucket, bench.runtime, bench.actor, Backoff.defaults()),
                KEYS,
                new Floors(bench.patientStore(), KEYS, bench.runtime),
                new SharedFooters(new WalReader(bench.patientStore(), KEYS), 8),
                "heir",
                8,
                LogRules.strict());
        var sealed = heir.seal(Samples.INCARNATION, 0, SealDemand.shard(MOVED, Samples.epoch(3), "moves"));
        bench.await(sealed);
        down = false;

        bench.runtime.runFor(Duration.ofSeconds(5));

        assertThat(bench.fences).containsExactly(Map.of(MOVED, Samples.epoch(3)));
        assertThat(ours.slot()).isEqualTo(slot(1, 0));
    }
}
