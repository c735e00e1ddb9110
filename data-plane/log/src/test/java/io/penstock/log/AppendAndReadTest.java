// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AppendAndReadTest {
    private final LogWorld world = new LogWorld();
    private final LogWorld.Broker broker = world.broker();
    private final PartitionRef orders = world.orders(0);

    @Test
    void nothingIsAnsweredBeforeTheShardIsOpen() {
        assertThat(broker.refused(orders, Batches.of("a"))).isEqualTo(AppendRefusal.NOT_LEADER);
        assertThat(broker.read(orders, 0)).isEqualTo(new ReadOutcome.NotLeader());
        assertThat(world.await(broker.log.offsets(orders))).isEmpty();
    }

    @Test
    void acknowledgedRecordsAreReadWithTheirOffsetsAndEpoch() {
        broker.opened(0, 7);

        assertThat(broker.acknowledged(orders, Batches.of("a", "b"))).isZero();
        assertThat(broker.acknowledged(orders, Batches.of("c"))).isEqualTo(2);

        assertThat(broker.records(orders, 0)).containsExactly("0:a", "1:b", "2:c");
        assertThat(broker.records(orders, 2)).containsExactly("2:c");
        assertThat(broker.offsets(orders)).isEqualTo(new PartitionOffsets(new LeaderEpoch(7), 0, 3, 3, 3));
        assertThat(broker.told).contains("hw 0 2", "hw 0 3");
        ByteBuffer first =
                ((ReadOutcome.Records) broker.read(orders, 0)).batches().getFirst();
        assertThat(first.getInt(12)).isEqualTo(7);
    }

    @Test
    void nothingBeyondTheFrontierIsShown() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.of("durable"));
        broker.store.faults(_ -> new FaultyStore.Fault.LostRequest());

        Sequencing.Sequenced waiting = broker.sequenced(orders, Batches.of("not yet"));
        world.runtime.runFor(Duration.ofSeconds(3));

        assertThat(waiting.durability()).isNotDone();
        assertThat(broker.records(orders, 0)).containsExactly("0:durable");
        assertThat(broker.offsets(orders).highWatermark()).isEqualTo(1);
        assertThat(broker.offsets(orders).logEndOffset()).isEqualTo(2);
        assertThat(((ReadOutcome.Records) broker.read(orders, 1)).batches()).isEmpty();

        broker.store.faults(_ -> new FaultyStore.Fault.None());
        assertThat(world.await(waiting.durability())).isEqualTo(Durability.DURABLE);
        assertThat(broker.records(orders, 0)).containsExactly("0:durable", "1:not yet");
    }

    @Test
    void aDuplicateIsAcknowledgedOnlyWithItsOriginal() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"));
        broker.store.faults(_ -> new FaultyStore.Fault.LostRequest());
        Sequencing.Sequenced original = broker.sequenced(orders, Batches.idempotent(5, 0, 1, "b", "c"));

        Sequencing.Sequenced retry = broker.sequenced(orders, Batches.idempotent(5, 0, 1, "b", "c"));
        Sequencing.Sequenced old = broker.sequenced(orders, Batches.idempotent(5, 0, 0, "a"));

        assertThat(retry.duplicate()).isTrue();
        assertThat(retry.baseOffset()).isEqualTo(1);
        assertThat(retry.lastOffset()).isEqualTo(2);
        assertThat(retry.durability()).isNotDone();
        assertThat(old.durability()).isCompletedWithValue(Durability.DURABLE);
        broker.store.faults(_ -> new FaultyStore.Fault.None());
        assertThat(world.await(retry.durability())).isEqualTo(Durability.DURABLE);
        assertThat(original.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(broker.records(orders, 0)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void refusesWhatIsOutOfOrderOrNoBatch() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.idempotent(5, 3, 0, "a"));

        assertThat(broker.refused(orders, Batches.idempotent(5, 3, 2, "c")))
                .isEqualTo(AppendRefusal.OUT_OF_ORDER_SEQUENCE);
        assertThat(broker.refused(orders, Batches.idempotent(5, 2, 1, "b")))
                .isEqualTo(AppendRefusal.INVALID_PRODUCER_EPOCH);
        assertThat(broker.refused(orders, ByteBuffer.allocate(100))).isEqualTo(AppendRefusal.INVALID_BATCH);
        assertThat(broker.refused(orders, ByteBuffer.allocate(0))).isEqualTo(AppendRefusal.INVALID_BATCH);
        assertThat(broker.refused(orders, Batches.marker(5, 3, true))).isEqualTo(AppendRefusal.INVALID_BATCH);
        assertThat(broker.offsets(orders).logEndOffset()).isEqualTo(1);
    }

    @Test
    void severalBatchesInOneAppendFollowEachOther() {
        broker.opened(0, 1);

        Sequencing.Sequenced sequenced =
                broker.sequenced(orders, Batches.several(Batches.of("a", "b"), Batches.of("c")));

        assertThat(sequenced.baseOffset()).isZero();
        assertThat(sequenced.lastOffset()).isEqualTo(2);
        world.await(sequenced.durability());
        assertThat(broker.records(orders, 0)).containsExactly("0:a", "1:b", "2:c");
    }

    @Test
    void outOfRangeIsAnsweredOnlyAfterABarrier() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.of("a"));
        world.runtime.runFor(Duration.ofSeconds(1));
        int requestsBefore = broker.store.requests().size();

        assertThat(broker.read(orders, 5)).isEqualTo(new ReadOutcome.OutOfRange(0, 1));

        assertThat(broker.store.requests().size()).isGreaterThan(requestsBefore);
        broker.store.readsFail(true);
        assertThat(broker.read(orders, 5)).isInstanceOf(ReadOutcome.Unavailable.class);
    }

    @Test
    void tooMuchWaitingForTheStoreIsRefused() {
        LogSettings small = LogSettings.defaults(LatencyProfile.FAST);
        world.settings(new LogSettings(
                small.profile(),
                small.maxSlotBytes(),
                small.maxPutsInFlight(),
                200,
                small.slotStuckAfter(),
                small.handOffPatience(),
                small.barrierInterval(),
                small.consolidateAfterSlots(),
                small.consolidateAfter(),
                small.consolidateAfterBytes(),
                small.tailCacheBytes(),
                small.collectionGrace()));
        LogWorld.Broker bounded = world.broker().opened(0, 1);

        bounded.sequenced(orders, Batches.of("first"));
        bounded.sequenced(orders, Batches.of("second"));

        assertThat(bounded.refused(orders, Batches.of("third"))).isEqualTo(AppendRefusal.OVERLOADED);
        world.runtime.runFor(Duration.ofSeconds(1));
        bounded.sequenced(orders, Batches.of("third"));
    }

    @Test
    void anOpenTransactionHoldsTheLastStableOffset() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.of("plain"));
        broker.acknowledged(orders, Batches.transactional(9, 0, 0, "maybe"));
        broker.acknowledged(orders, Batches.of("later"));

        assertThat(broker.offsets(orders).lastStableOffset()).isEqualTo(1);
        ReadOutcome before = world.await(broker.log.read(orders, 0, 1 << 20, Isolation.READ_COMMITTED));
        assertThat(Batches.read(((ReadOutcome.Records) before).batches())).containsExactly("0:plain");

        broker.coordinator(orders, Batches.marker(9, 0, false));

        assertThat(broker.offsets(orders).lastStableOffset()).isEqualTo(4);
        ReadOutcome.Records after =
                (ReadOutcome.Records) world.await(broker.log.read(orders, 0, 1 << 20, Isolation.READ_COMMITTED));
        assertThat(Batches.read(after.batches())).containsExactly("0:plain", "1:maybe", "2:later", "3:ABORT");
        assertThat(after.aborted()).containsExactly(new ReadOutcome.AbortedTransaction(9, 1));
    }

    @Test
    void aDroppedTopicTakesAndShowsNothing() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.of("a"));

        assertThat(world.await(broker.log.drop(new ShardId(0), LogWorld.ORDERS)))
                .isTrue();

        assertThat(broker.refused(orders, Batches.of("b"))).isEqualTo(AppendRefusal.DROPPED);
        assertThat(broker.refused(world.orders(1), Batches.of("b"))).isEqualTo(AppendRefusal.DROPPED);
        assertThat(broker.read(orders, 0)).isEqualTo(new ReadOutcome.NotLeader());
    }

    @Test
    void statusTellsWhatIsOpenAndHowFarItIsDurable() {
        broker.opened(0, 1).opened(3, 2);

        assertThat(broker.log.status().open())
                .isEqualTo(Map.of(new ShardId(0), new LeaderEpoch(1), new ShardId(3), new LeaderEpoch(2)));
        assertThat(broker.log.status().frontier()).isGreaterThanOrEqualTo(0);
        assertThat(broker.log.status().fenced()).isFalse();
    }

    @Test
    void openingTwiceForOneEpochGivesOneAnswer() {
        assertThat(broker.open(0, 4)).isEqualTo(broker.open(0, 4));
        assertThat(broker.open(0, 3)).isEqualTo(new OpenOutcome.Superseded());
    }

    @Test
    void anIdleLogMakesNoRequest() {
        broker.opened(0, 1);
        broker.acknowledged(orders, Batches.of("a"));
        // The tail is folded, and its slots are collected.
        world.runtime.runFor(Duration.ofHours(2));
        int requests = broker.store.requests().size();

        world.runtime.runFor(Duration.ofHours(1));

        assertThat(broker.store.requests()).hasSize(requests);
    }
}
