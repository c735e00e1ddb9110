// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TakeoverTest {
    private final LogWorld world = new LogWorld();
    private final PartitionRef orders = world.orders(0);
    private final LogWorld.Broker first = world.broker().opened(0, 1);

    private WalSlot handOff(LogWorld.Broker from, int shard, int epoch) {
        HandOffOutcome outcome = world.await(from.log.handOff(new ShardId(shard), new LeaderEpoch(epoch)));
        assertThat(outcome).isInstanceOf(HandOffOutcome.HandedOff.class);
        return ((HandOffOutcome.HandedOff) outcome).where();
    }

    private void report(LogWorld.Broker to, int shard, int epoch, WalSlot where) {
        to.log.handOffReported(new ShardId(shard), new LeaderEpoch(epoch), where);
    }

    @Test
    void theHeirOfADeadBrokerHasEveryAcknowledgedRecord() {
        first.acknowledged(orders, Batches.of("a", "b"));
        first.acknowledged(world.orders(1), Batches.of("x"));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b");
        assertThat(heir.records(world.orders(1), 0)).containsExactly("0:x");
        assertThat(heir.acknowledged(orders, Batches.of("c"))).isEqualTo(2);
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b", "2:c");
        assertThat(heir.offsets(orders).epoch()).isEqualTo(new LeaderEpoch(2));
    }

    @Test
    void batchesThatComeWhileTheShardIsBeingOpenedWaitForIt() {
        first.acknowledged(orders, Batches.of("a"));
        first.crash();
        LogWorld.Broker heir = world.broker();
        CompletableFuture<OpenOutcome> opening = heir.opening(0, 2, first.died(1));

        CompletableFuture<Sequencing> b = heir.log.append(orders, Batches.of("b"), AppendOrigin.CLIENT);
        CompletableFuture<Sequencing> c = heir.log.append(orders, Batches.of("c"), AppendOrigin.CLIENT);
        world.runtime.settle();

        assertThat(b).isNotDone();
        assertThat(world.await(opening)).isInstanceOf(OpenOutcome.Opened.class);
        assertThat(world.await(c)).isInstanceOf(Sequencing.Sequenced.class);
        heir.acknowledged(orders, Batches.of("d"));
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b", "2:c", "3:d");
    }

    @Test
    void aShardThatCannotBeOpenedKeepsNobodyWaitingForLong() {
        first.acknowledged(orders, Batches.of("a"));
        first.crash();
        LogWorld.Broker heir = world.broker();
        heir.store.readsFail(true);
        CompletableFuture<OpenOutcome> opening = heir.opening(0, 2, first.died(1));

        assertThat(heir.refused(orders, Batches.of("b"))).isEqualTo(AppendRefusal.NOT_LEADER);
        assertThat(opening).isNotDone();

        heir.store.readsFail(false);
        assertThat(world.await(opening)).isInstanceOf(OpenOutcome.Opened.class);
        assertThat(heir.acknowledged(orders, Batches.of("c"))).isEqualTo(1);
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:c");
    }

    @Test
    void whatWasNeverAcknowledgedAndIsLostLeavesNoHole() {
        first.acknowledged(orders, Batches.of("a"));
        first.store.faults(_ -> new Fault.Silence());
        Sequencing.Sequenced lost = first.sequenced(orders, Batches.of("lost"));
        world.runtime.runFor(Duration.ofMillis(200));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(lost.durability()).isCompletedWithValue(Durability.UNDECIDED);
        assertThat(heir.acknowledged(orders, Batches.of("b"))).isEqualTo(1);
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b");
    }

    @Test
    void aZombieAcknowledgesNothingAndEnds() {
        first.acknowledged(orders, Batches.of("a"));
        // Its next PUT stays in the network while it is given up.
        first.store.faults(_ -> new Fault.Slow(Duration.ofSeconds(5)));
        Sequencing.Sequenced late = first.sequenced(orders, Batches.of("late"));
        world.runtime.runFor(Duration.ofMillis(100));
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        heir.acknowledged(orders, Batches.of("b"));

        assertThat(world.await(late.durability())).isEqualTo(Durability.FENCED);

        assertThat(first.told).contains("closed 0 1", "fenced");
        assertThat(first.log.status().fenced()).isTrue();
        assertThat(first.refused(orders, Batches.of("c"))).isEqualTo(AppendRefusal.NOT_LEADER);
        assertThat(first.read(orders, 0)).isEqualTo(new ReadOutcome.NotLeader());
        assertThat(first.open(0, 3, heir.alive(2))).isEqualTo(new OpenOutcome.Superseded());
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b");
    }

    @Test
    void whoIsRetiredWhileItsBatchesAreUnderWayHearsFromTheStoreWhatBecameOfThem() {
        Sequencing.Sequenced before = first.sequenced(orders, Batches.of("before the seal"));
        first.log.retire();
        assertThat(first.refused(orders, Batches.of("too late"))).isEqualTo(AppendRefusal.NOT_LEADER);
        assertThat(world.await(before.durability())).isEqualTo(Durability.DURABLE);

        LogWorld.Broker second = world.broker().opened(0, 2, first.died(1));
        second.store.faults(_ -> new Fault.Slow(Duration.ofSeconds(5)));
        Sequencing.Sequenced after = second.sequenced(orders, Batches.of("after the seal"));
        second.log.retire();
        LogWorld.Broker third = world.broker().opened(0, 3, first.died(1), second.died(2));
        assertThat(world.await(after.durability())).isEqualTo(Durability.FENCED);

        assertThat(third.records(orders, 0)).containsExactly("0:before the seal");
    }

    @Test
    void aZombieDoesNotAnswerOutOfRange() {
        first.acknowledged(orders, Batches.of("a"));
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        heir.acknowledged(orders, Batches.of("b"));

        assertThat(first.read(orders, 2)).isEqualTo(new ReadOutcome.NotLeader());
        assertThat(heir.read(orders, 3)).isEqualTo(new ReadOutcome.OutOfRange(0, 2));
    }

    @Test
    void producersContinueWithTheHeir() {
        first.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"));
        first.acknowledged(orders, Batches.idempotent(5, 0, 1, "b", "c"));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        Sequencing.Sequenced retry = heir.sequenced(orders, Batches.idempotent(5, 0, 1, "b", "c"));
        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.baseOffset()).isEqualTo(1);
        assertThat(retry.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(heir.refused(orders, Batches.idempotent(5, 0, 9, "z")))
                .isEqualTo(AppendRefusal.OUT_OF_ORDER_SEQUENCE);
        assertThat(heir.acknowledged(orders, Batches.idempotent(5, 0, 3, "d"))).isEqualTo(3);
    }

    @Test
    void anHeirWaitsForTheFirstBatchOfAProducerItHasNeverHeardOf() {
        first.store.faults(_ -> new Fault.Silence());
        first.sequenced(orders, Batches.idempotent(5, 0, 0, "hangs in a frozen leader"));
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        ByteBuffer second = Batches.idempotent(5, 0, 1, "b");
        assertThat(heir.refused(orders, second)).isEqualTo(AppendRefusal.OVERLOADED);
        world.runtime.runFor(Duration.ofSeconds(30));
        assertThat(heir.refused(orders, second)).isEqualTo(AppendRefusal.OVERLOADED);

        assertThat(heir.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"))).isZero();
        assertThat(heir.acknowledged(orders, second)).isEqualTo(1);
    }

    @Test
    void aProducerThatWasForgottenGoesOnWhenItHasComeTwice() {
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        world.runtime.runFor(Duration.ofMinutes(1));
        ByteBuffer later = Batches.idempotent(5, 0, 7, "after a long silence");

        assertThat(heir.refused(orders, later)).isEqualTo(AppendRefusal.OVERLOADED);
        assertThat(heir.acknowledged(orders, later)).isZero();
    }

    @Test
    void transactionsContinueWithTheHeir() {
        first.acknowledged(orders, Batches.transactional(8, 0, 0, "aborted"));
        first.coordinator(orders, Batches.marker(8, 0, false));
        first.acknowledged(orders, Batches.transactional(9, 0, 0, "open"));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.offsets(orders).lastStableOffset()).isEqualTo(2);
        ReadOutcome.Records stable =
                (ReadOutcome.Records) world.await(heir.log.read(orders, 0, 1 << 20, Isolation.READ_COMMITTED));
        assertThat(Batches.read(stable.batches())).containsExactly("0:aborted", "1:ABORT");
        assertThat(stable.aborted()).containsExactly(new ReadOutcome.AbortedTransaction(8, 0));
        heir.coordinator(orders, Batches.marker(9, 0, true));
        assertThat(heir.offsets(orders).lastStableOffset()).isEqualTo(4);
    }

    @Test
    void aChainOfDeadBrokersIsReadWhole() {
        first.acknowledged(orders, Batches.of("1"));
        first.crash();
        LogWorld.Broker second = world.broker().opened(0, 2, first.died(1));
        second.acknowledged(orders, Batches.of("2"));
        second.crash();
        LogWorld.Broker neverCame = world.broker();
        LogWorld.Broker fourth = world.broker().opened(0, 4, first.died(1), second.died(2), neverCame.died(3));

        assertThat(fourth.records(orders, 0)).containsExactly("0:1", "1:2");
        assertThat(neverCame.open(0, 3, first.died(1), second.died(2))).isEqualTo(new OpenOutcome.Superseded());
        assertThat(fourth.acknowledged(orders, Batches.of("4"))).isEqualTo(2);
    }

    @Test
    void anHeirThatWasOvertakenWhileOpeningGivesUp() {
        first.acknowledged(orders, Batches.of("a"));
        first.crash();
        LogWorld.Broker slow = world.broker();
        slow.store.latency(_ -> Duration.ofSeconds(3));
        CompletableFuture<OpenOutcome> opening = slow.opening(0, 2, first.died(1));
        world.runtime.runFor(Duration.ofSeconds(4));

        LogWorld.Broker quick = world.broker().opened(0, 3, first.died(1), slow.died(2));

        assertThat(world.await(opening)).isEqualTo(new OpenOutcome.Superseded());
        assertThat(quick.acknowledged(orders, Batches.of("b"))).isEqualTo(1);
    }

    @Test
    void aHandedOffShardServesElsewhereAndNothingIsSealed() {
        first.opened(1, 1);
        first.acknowledged(orders, Batches.of("a"));
        LogWorld.Broker heir = world.broker();
        CompletableFuture<OpenOutcome> opening = heir.opening(0, 2, first.alive(1));

        WalSlot where = handOff(first, 0, 1);
        report(heir, 0, 1, where);

        assertThat(world.await(opening)).isInstanceOf(OpenOutcome.Opened.class);
        assertThat(first.refused(orders, Batches.of("x"))).isEqualTo(AppendRefusal.NOT_LEADER);
        assertThat(heir.records(orders, 0)).containsExactly("0:a");
        assertThat(heir.acknowledged(orders, Batches.of("b"))).isEqualTo(1);
        first.acknowledged(world.partition(1, 0), Batches.of("still here"));
        assertThat(first.log.status().generation()).isZero();
    }

    @Test
    void aHandOffWaitsForWhatWasAppendedBefore() {
        first.store.latency(_ -> Duration.ofMillis(500));
        Sequencing.Sequenced waiting = first.sequenced(orders, Batches.of("a"));

        WalSlot where = handOff(first, 0, 1);

        assertThat(waiting.durability()).isCompletedWithValue(Durability.DURABLE);
        LogWorld.Broker heir = world.broker();
        report(heir, 0, 1, where);
        heir.opened(0, 2, first.alive(1));
        assertThat(heir.records(orders, 0)).containsExactly("0:a");
    }

    @Test
    void aShardThatWasNeverOpenedIsHandedOff() {
        first.acknowledged(orders, Batches.of("a"));
        first.crash();
        LogWorld.Broker second = world.broker();

        WalSlot where = handOff(second, 0, 2);

        LogWorld.Broker third = world.broker();
        report(third, 0, 2, where);
        third.opened(0, 3, first.died(1), second.alive(2));
        assertThat(third.records(orders, 0)).containsExactly("0:a");
        assertThat(second.open(0, 2, first.died(1))).isEqualTo(new OpenOutcome.Superseded());
    }

    @Test
    void aShardComesBackToTheBrokerThatHadIt() {
        first.acknowledged(orders, Batches.of("a"));
        LogWorld.Broker second = world.broker();
        report(second, 0, 1, handOff(first, 0, 1));
        second.opened(0, 2, first.alive(1));
        second.acknowledged(orders, Batches.of("b"));
        report(first, 0, 2, handOff(second, 0, 2));

        first.opened(0, 3, first.alive(1), second.alive(2));

        assertThat(first.acknowledged(orders, Batches.of("c"))).isEqualTo(2);
        assertThat(first.records(orders, 0)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void anAssignmentRenewedToTheSameBrokerClosesItsOwnEarlierEpoch() {
        first.acknowledged(orders, Batches.of("a"));

        first.opened(0, 2, first.alive(1));

        assertThat(first.acknowledged(orders, Batches.of("b"))).isEqualTo(1);
        assertThat(first.records(orders, 0)).containsExactly("0:a", "1:b");
    }

    @Test
    void withoutAHandOffTheShardIsSealedByNameAndTheOthersGoOn() {
        PartitionRef other = world.partition(1, 0);
        first.opened(1, 1);
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(other, Batches.of("x"));
        // Both have batches on the way when the seal comes.
        first.store.faults(_ -> new Fault.Slow(Duration.ofSeconds(8)));
        Sequencing.Sequenced fenced = first.sequenced(orders, Batches.of("fenced"));
        Sequencing.Sequenced carried = first.sequenced(other, Batches.of("y"));
        world.runtime.runFor(Duration.ofMillis(100));
        first.store.faults(_ -> new Fault.None());

        LogWorld.Broker heir = world.broker().opened(0, 2, first.alive(1));

        assertThat(heir.acknowledged(orders, Batches.of("b"))).isEqualTo(1);
        assertThat(world.await(fenced.durability())).isEqualTo(Durability.FENCED);
        assertThat(world.await(carried.durability())).isEqualTo(Durability.DURABLE);
        assertThat(first.told).contains("closed 0 1").doesNotContain("fenced");
        assertThat(first.log.status().generation()).isEqualTo(1);
        assertThat(first.log.status().open()).isEqualTo(Map.of(new ShardId(1), new LeaderEpoch(1)));
        first.acknowledged(other, Batches.of("z"));
        assertThat(first.records(other, 0)).containsExactly("0:x", "1:y", "2:z");
        assertThat(heir.records(orders, 0)).containsExactly("0:a", "1:b");

        first.crash();
        LogWorld.Broker last = world.broker().opened(1, 3, first.died(1));
        assertThat(last.records(other, 0)).containsExactly("0:x", "1:y", "2:z");
    }

    @Test
    void whoReliesOnAHandOffReadsTheGenerationsBeforeIt() {
        PartitionRef other = world.partition(1, 0);
        first.opened(1, 1);
        first.acknowledged(orders, Batches.of("generation 0"));
        first.acknowledged(other, Batches.of("x"));
        world.broker().opened(1, 2, first.alive(1));
        first.acknowledged(orders, Batches.of("generation 1"));
        assertThat(first.log.status().generation()).isEqualTo(1);

        LogWorld.Broker heir = world.broker();
        report(heir, 0, 1, handOff(first, 0, 1));
        heir.opened(0, 3, first.alive(1));

        assertThat(heir.records(orders, 0)).containsExactly("0:generation 0", "1:generation 1");
    }

    @Test
    void aHintThatPointsNowhereIsNotBelieved() {
        first.acknowledged(orders, Batches.of("a"));
        LogWorld.Broker heir = world.broker();
        report(heir, 0, 1, new WalSlot(first.incarnation, 0, 0));

        heir.opened(0, 2, first.alive(1));

        assertThat(heir.records(orders, 0)).containsExactly("0:a");
        world.runtime.runFor(Duration.ofSeconds(1));
        assertThat(world.await(first.log.readBarrier())).isTrue();
        assertThat(first.told).contains("closed 0 1");
    }

    @Test
    void aStoreInTroubleDelaysATakeoverAndNeverEndsIt() {
        first.acknowledged(orders, Batches.of("a"));
        first.crash();
        LogWorld.Broker heir = world.broker();
        heir.store.readsFail(true);
        heir.store.faults(_ -> new Fault.LostReply());
        CompletableFuture<OpenOutcome> opening = heir.opening(0, 2, first.died(1));
        world.runtime.runFor(Duration.ofMinutes(5));
        assertThat(opening).isNotDone();

        heir.store.readsFail(false);
        heir.store.faults(_ -> new Fault.None());

        assertThat(world.await(opening)).isInstanceOf(OpenOutcome.Opened.class);
        assertThat(heir.records(orders, 0)).containsExactly("0:a");
    }

    @Test
    void aMissingSlotStopsTheShardAndIsNeverSkipped() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        first.acknowledged(orders, Batches.of("c"));
        LogWorld.Broker heir = world.broker();
        heir.opened(5, 2, first.died(1));
        world.bucket.delete(world.keys.slot(new WalSlot(first.incarnation, 0, 2)));

        OpenOutcome outcome = heir.open(0, 2, first.died(1));

        assertThat(outcome).isInstanceOf(OpenOutcome.Corrupt.class);
        assertThat(((OpenOutcome.Corrupt) outcome).detail()).contains("is missing");
    }

    @Test
    void manyShardsOfADeadBrokerAreTakenOverAtOnceAndEachSlotIsReadOnce() {
        for (int shard = 1; shard < 8; shard++) {
            first.opened(shard, 1);
        }
        for (int i = 0; i < 20; i++) {
            for (int shard = 0; shard < 8; shard++) {
                first.sequenced(world.partition(shard, 0), Batches.of("v" + i));
            }
            first.acknowledged(orders, Batches.of("w" + i));
        }
        first.crash();
        LogWorld.Broker heir = world.broker();
        List<CompletableFuture<OpenOutcome>> openings = new ArrayList<>();
        for (int shard = 0; shard < 8; shard++) {
            openings.add(heir.opening(shard, 2, first.died(1)));
        }

        openings.forEach(opening -> assertThat(world.await(opening)).isInstanceOf(OpenOutcome.Opened.class));

        for (int shard = 1; shard < 8; shard++) {
            assertThat(heir.records(world.partition(shard, 0), 0)).hasSize(20);
        }
        String someSlot = "GET " + world.keys.slot(new WalSlot(first.incarnation, 0, 3));
        assertThat(heir.store.requests().stream().filter(someSlot::equals).count())
                .isLessThanOrEqualTo(12);
    }

    @Test
    void leaderEpochsAreTold() {
        first.acknowledged(orders, Batches.of("a", "b"));
        first.crash();
        LogWorld.Broker second = world.broker().opened(0, 4, first.died(1));
        second.crash();
        LogWorld.Broker third = world.broker().opened(0, 6, first.died(1), second.died(4));
        third.acknowledged(orders, Batches.of("c"));

        assertThat(world.await(third.log.endOffsetForEpoch(orders, 0))).isEqualTo(new OffsetLookup.Found(0, -1, 0));
        assertThat(world.await(third.log.endOffsetForEpoch(orders, 1))).isEqualTo(new OffsetLookup.Found(2, -1, 1));
        assertThat(world.await(third.log.endOffsetForEpoch(orders, 4))).isEqualTo(new OffsetLookup.Found(2, -1, 1));
        assertThat(world.await(third.log.endOffsetForEpoch(orders, 6))).isEqualTo(new OffsetLookup.Found(3, -1, 6));
        assertThat(world.await(third.log.endOffsetForEpoch(orders, 7))).isEqualTo(new OffsetLookup.None());
    }
}
