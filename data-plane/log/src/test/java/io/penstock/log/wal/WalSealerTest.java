// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.KEYS;
import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Durability;
import io.penstock.log.FaultyStore;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.Fence;
import io.penstock.log.format.Samples;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotContent;
import io.penstock.log.wal.SealOutcome.GenerationEnd;
import io.penstock.log.wal.SealOutcome.SealedEnd;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WalSealerTest {
    private final WalBench bench = new WalBench();
    private final FaultyStore network = new FaultyStore(bench.bucket, bench.runtime);
    private final PatientStore store = new PatientStore(network, bench.runtime, bench.actor, Backoff.defaults());
    private final Floors floors = new Floors(store, KEYS, bench.runtime);

    private WalSealer sealer(String name, LogRules rules) {
        return new WalSealer(store, KEYS, floors, new SharedFooters(new WalReader(store, KEYS), 8), name, 8, rules);
    }

    private CompletableFuture<SealOutcome> sealAll(String name) {
        return sealer(name, LogRules.strict()).seal(Samples.INCARNATION, 0, SealDemand.all("lost"));
    }

    private CompletableFuture<SealOutcome> sealShard(String name, int shard, int upTo) {
        return sealer(name, LogRules.strict())
                .seal(Samples.INCARNATION, 0, SealDemand.shard(Samples.shard(shard), Samples.epoch(upTo), "moves"));
    }

    private SealedEnd end(CompletableFuture<SealOutcome> outcome) {
        return (SealedEnd) bench.await(outcome);
    }

    private void appendDurably(int slots) {
        for (int i = 0; i < slots; i++) {
            bench.await(bench.append().durability());
        }
    }

    private void collectBelow(int generation, long floor) {
        bench.await(floors.raise(Samples.INCARNATION, generation, floor));
        for (long slot = 0; slot < floor; slot++) {
            bench.bucket.delete(key(generation, slot)).join();
        }
    }

    /// For half a second they are only applied after nine.
    private void theWritersPutsOfSlotTwoAreLate() {
        long end = bench.runtime.nanos() + Duration.ofMillis(500).toNanos();
        bench.store.faults(key -> key.equals(key(0, 2)) && bench.runtime.nanos() < end
                ? new Fault.AppliedLater(Duration.ofSeconds(9))
                : new Fault.None());
    }

    @Test
    void theSealGoesBehindTheLastSlot() {
        appendDurably(3);

        SealedEnd end = end(sealAll("heir"));

        assertThat(end.last()).isEqualTo(new Seal(slot(0, 3), "heir", "lost", Fence.all()));
        assertThat(end.generations()).containsExactly(new GenerationEnd(0, 0, end.last()));
        assertThat(bench.content(0, 3)).isEqualTo(new SlotContent.SealContent(end.last()));
    }

    @Test
    void aWalNeverWrittenIsSealedAtItsFirstSlot() {
        assertThat(end(sealAll("heir")).last().slot()).isEqualTo(slot(0, 0));
    }

    @Test
    void theSealGoesIntoTheFirstGap() {
        appendDurably(2);
        theWritersPutsOfSlotTwoAreLate();
        WalTicket lost = bench.append();
        WalTicket beyond = bench.append();
        bench.runtime.runFor(Duration.ofMillis(15));
        assertThat(bench.bucket.keys()).contains(key(0, 3)).doesNotContain(key(0, 2));

        SealedEnd end = end(sealAll("heir"));
        bench.runtime.runFor(Duration.ofMinutes(1));

        assertThat(end.last().slot()).isEqualTo(slot(0, 2));
        assertThat(List.of(lost, beyond))
                .allSatisfy(ticket -> assertThat(ticket.durability()).isCompletedWithValue(Durability.FENCED));
        assertThat(bench.durableOffsets).containsExactly(0L, 1L);
        assertThat(bench.ended).isEqualTo(slot(0, 2));
    }

    @Test
    void allSealersAgree() {
        appendDurably(4);
        List<CompletableFuture<SealOutcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            outcomes.add(sealAll("heir " + i));
        }

        List<SealedEnd> ends = outcomes.stream().map(this::end).toList();

        assertThat(ends).allSatisfy(end -> assertThat(end).isEqualTo(ends.getFirst()));
        assertThat(ends.getFirst().last().slot()).isEqualTo(slot(0, 4));
    }

    @Test
    void aSealWhoseAnswerIsLostIsFound() {
        appendDurably(1);
        network.faults(key(0, 1), new Fault.LostReply());

        assertThat(end(sealAll("heir")).last().slot()).isEqualTo(slot(0, 1));
    }

    @Test
    void aStoreThatDoesNotAnswerDelaysTheSeal() {
        appendDurably(1);
        network.readsFail(true);
        CompletableFuture<SealOutcome> outcome = sealAll("heir");
        bench.runtime.runFor(Duration.ofMinutes(2));
        assertThat(outcome).isNotDone();

        network.readsFail(false);

        assertThat(end(outcome).last().slot()).isEqualTo(slot(0, 1));
    }

    @Test
    void aLivingWriterIsOutrun() {
        for (int i = 0; i < 4; i++) {
            bench.append();
        }
        CompletableFuture<SealOutcome> outcome = sealAll("heir");
        while (!outcome.isDone()) {
            bench.append();
            bench.runtime.runFor(Duration.ofMillis(1));
        }
        bench.runtime.runFor(Duration.ofSeconds(10));

        long sealed = end(outcome).last().slot().slot();
        assertThat(bench.ended).isEqualTo(slot(0, sealed));
        assertThat(bench.durable).hasSize((int) sealed);
    }

    @Test
    void aSealOnACollectedSlotIsNone() {
        appendDurably(5);
        collectBelow(0, 3);
        bench.sealBySomebody(new Seal(slot(0, 1), "zombie", "long ago", Fence.all()));
        // The floor was not yet raised when the walk began: it starts at 0, and finds nothing there.
        bench.bucket.delete(KEYS.floor(Samples.INCARNATION, 0)).join();
        CompletableFuture<SealOutcome> outcome = sealAll("heir");
        bench.runtime.runFor(Duration.ofMillis(15));
        bench.await(floors.raise(Samples.INCARNATION, 0, 3));

        GenerationEnd end = end(outcome).generations().getFirst();

        assertThat(end.seal().slot()).isEqualTo(slot(0, 5));
        assertThat(end.floor()).isEqualTo(3);
    }

    @Test
    void withoutTheFloorCheckACollectedSlotWouldEndTheWal() {
        appendDurably(5);
        collectBelow(0, 3);
        bench.bucket.delete(KEYS.floor(Samples.INCARNATION, 0)).join();
        CompletableFuture<SealOutcome> outcome = sealer(
                        "heir", LogRules.strict().without(Rule.R4_FLOOR_CHECK))
                .seal(Samples.INCARNATION, 0, SealDemand.all("lost"));
        bench.runtime.runFor(Duration.ofMillis(15));
        bench.await(floors.raise(Samples.INCARNATION, 0, 3));

        assertThat(end(outcome).last().slot()).isEqualTo(slot(0, 0));
    }

    @Test
    void aListingLeavesAGapThatAZombieFills() {
        appendDurably(2);
        theWritersPutsOfSlotTwoAreLate();
        bench.append();
        bench.append();
        bench.runtime.runFor(Duration.ofMillis(15));

        SealedEnd end = end(sealer("heir", LogRules.strict().without(Rule.R4_FIRST_MISSING))
                .seal(Samples.INCARNATION, 0, SealDemand.all("lost")));
        bench.runtime.runFor(Duration.ofMinutes(1));

        assertThat(end.last().slot()).isEqualTo(slot(0, 2));
        assertThat(bench.durableOffsets).as("acknowledged beyond the end").contains(2L, 3L);
    }

    @Test
    void aDemandWalksThroughSealsOfOthersUntilOneMeetsIt() {
        appendDurably(2);
        end(sealShard("other", 9, 5));
        bench.runtime.runFor(Duration.ofSeconds(1));
        bench.await(bench.wal.barrier());
        appendDurably(1);

        SealedEnd end = end(sealShard("heir", 1, 1));
        SealedEnd again = end(sealShard("second heir", 1, 1));

        assertThat(end.generations())
                .extracting(generation -> generation.seal().slot())
                .containsExactly(slot(0, 2), slot(1, 1));
        assertThat(end.generations())
                .extracting(generation -> generation.seal().fence())
                .containsExactly(
                        Fence.shards(Map.of(Samples.shard(9), Samples.epoch(5))),
                        Fence.shards(Map.of(Samples.shard(1), Samples.epoch(1))));
        assertThat(again).isEqualTo(end);
    }

    @Test
    void aSealOfAllMeetsEveryDemand() {
        end(sealAll("heir"));

        assertThat(end(sealShard("other", 1, 1)).last().fence()).isEqualTo(Fence.all());
        assertThat(bench.bucket.keys()).containsExactly(key(0, 0));
    }

    @Test
    void aSealAtALowerEpochDoesNotMeetADemand() {
        end(sealShard("heir", 1, 4));

        SealedEnd end = end(sealShard("later heir", 1, 7));

        assertThat(end.generations()).hasSize(2);
        assertThat(end.last().fence()).isEqualTo(Fence.shards(Map.of(Samples.shard(1), Samples.epoch(7))));
    }

    @Test
    void theSealInTheSlotIsTheTruthWhateverItsSealerMeant() {
        network.faults(key(0, 0), new Fault.Slow(Duration.ofMillis(200)));
        CompletableFuture<SealOutcome> slow = sealShard("slow", 2, 3);
        bench.runtime.runFor(Duration.ofMillis(25));
        end(sealShard("fast", 1, 3));

        SealedEnd end = end(slow);

        assertThat(end.generations())
                .extracting(generation -> generation.seal().sealer())
                .containsExactly("fast", "slow");
    }

    @Test
    void damageIsSaidLoudly() {
        appendDurably(1);
        bench.bucket
                .put(key(0, 1), ByteBuffer.wrap(new byte[100]), PutCondition.ifAbsent())
                .join();

        SealOutcome outcome = bench.await(sealAll("heir"));

        assertThat(outcome).isInstanceOfSatisfying(SealOutcome.Damaged.class, damaged -> {
            assertThat(damaged.slot()).isEqualTo(slot(0, 1));
            assertThat(damaged.detail()).contains("magic");
        });
    }

    @Test
    void aTailOfManySlotsIsWalkedInFewRounds() {
        for (long i = 0; i < 240; i++) {
            bench.append();
        }
        bench.runtime.runFor(Duration.ofSeconds(10));
        long slots = bench.durable.size();
        long before = bench.runtime.nanos();

        SealedEnd end = end(sealAll("heir"));

        assertThat(end.last().slot()).isEqualTo(slot(0, slots));
        assertThat(Duration.ofNanos(bench.runtime.nanos() - before)).isLessThanOrEqualTo(Duration.ofMillis(80));
    }

    @Test
    void floorsOnlyGrow() {
        assertThat(bench.await(floors.read(Samples.INCARNATION, 0))).isZero();
        var first = floors.raise(Samples.INCARNATION, 0, 7);
        var second = floors.raise(Samples.INCARNATION, 0, 5);
        var third = floors.raise(Samples.INCARNATION, 0, 6);

        bench.await(CompletableFuture.allOf(first, second, third));

        assertThat(bench.await(floors.read(Samples.INCARNATION, 0))).isEqualTo(7);
        assertThat(bench.await(floors.raise(Samples.INCARNATION, 0, 2))).isEqualTo(7);
        assertThat(bench.await(floors.read(Samples.INCARNATION, 1))).isZero();
    }

    @Test
    void aZombiesSealIsRefusedByData() {
        appendDurably(1);

        PutOutcome late = bench.bucket
                .put(key(0, 0), Samples.seal(slot(0, 0)).encode(), PutCondition.ifAbsent())
                .join();

        assertThat(late).isEqualTo(new PutOutcome.Refused());
    }
}
