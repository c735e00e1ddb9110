// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConsolidationTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final LogWorld world = new LogWorld().settings(settings(256, 1));
    private final PartitionRef orders = world.orders(0);
    private final LogWorld.Broker first = world.broker().opened(0, 1);

    /// With a cache of one byte only the newest slot is in memory.
    private static LogSettings settings(int slots, long tailCacheBytes) {
        LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
        return new LogSettings(
                usual.profile(),
                usual.maxSlotBytes(),
                usual.maxPutsInFlight(),
                usual.maxPendingBytes(),
                usual.slotStuckAfter(),
                usual.handOffPatience(),
                usual.barrierInterval(),
                slots,
                usual.consolidateAfter(),
                usual.consolidateAfterBytes(),
                tailCacheBytes,
                GRACE);
    }

    private ShardManifest manifest(int shard) {
        ShardId id = new ShardId(shard);
        GetOutcome found = world.bucket.get(world.keys.manifest(id)).join();
        assertThat(found).isInstanceOf(GetOutcome.Found.class);
        return ShardManifest.decode(id, ((GetOutcome.Found) found).bytes());
    }

    private List<String> keys(String part) {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains(part))
                .toList();
    }

    private List<String> some(LogWorld.Broker broker, PartitionRef partition, int count, String name) {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long offset = broker.acknowledged(partition, Batches.of(name + i));
            expected.add(offset + ":" + name + i);
        }
        return expected;
    }

    @Test
    void theTailBecomesSegmentsAndReadersNoticeNothing() {
        List<String> expected = some(first, orders, 30, "a");
        expected.addAll(some(first, orders, 10, "b"));
        some(first, world.orders(1), 5, "x");

        world.runtime.runFor(ROUND);

        assertThat(manifest(0).position(first.incarnation, 0))
                .isEqualTo(first.log.status().frontier() + 1);
        assertThat(keys("/segment/")).hasSize(1);
        expected.addAll(some(first, orders, 3, "c"));
        assertThat(first.records(orders, 0)).isEqualTo(expected);
        assertThat(first.records(orders, 0, 100)).isEqualTo(expected);
        assertThat(first.records(orders, 17, 500)).isEqualTo(expected.subList(17, 43));
        assertThat(first.records(world.orders(1), 0)).hasSize(5);
        String segment = keys("/segment/").getFirst();
        GetOutcome.Found object =
                (GetOutcome.Found) world.bucket.get(ObjectKey.of(segment)).join();
        var parts = SegmentLayout.decode(segment.substring(segment.lastIndexOf('/') + 1), object.bytes());
        assertThat(parts.values()).extracting(ShardManifest.Part::records).containsExactly(40L, 5L);
    }

    @Test
    void whoReadsOldRecordsKeepsNobodyWaitingWhoReadsTheNewest() {
        List<String> expected = some(first, orders, 40, "a");
        world.runtime.runFor(ROUND);
        first.crash();
        LogWorld.Broker heir = world.broker();
        heir.open(0, 2, first.died(1));
        world.runtime.holdReads(true);

        CompletableFuture<ReadOutcome> old = heir.log.read(orders, 0, 1 << 20, Isolation.READ_UNCOMMITTED);
        List<String> newest = some(heir, orders, 3, "b");

        // What is not in memory waits with the others.
        assertThat(heir.records(orders, 42)).isEqualTo(newest.subList(2, 3));
        assertThat(old).isNotDone();
        world.runtime.holdReads(false);
        assertThat(Batches.read(((ReadOutcome.Records) world.await(old)).batches()))
                .isEqualTo(expected);
    }

    @Test
    void anHeirReadsSegmentsAndAShortTail() {
        List<String> expected = some(first, orders, 100, "a");
        world.runtime.runFor(ROUND);
        expected.addAll(some(first, orders, 3, "b"));
        first.crash();

        LogWorld.Broker heir = world.broker();
        OpenOutcome outcome = heir.open(0, 2, first.died(1));

        assertThat(((OpenOutcome.Opened) outcome).slotsRead()).isLessThan(6);
        assertThat(heir.records(orders, 0)).isEqualTo(expected);
        expected.addAll(some(heir, orders, 2, "c"));
        world.runtime.runFor(ROUND);
        assertThat(heir.records(orders, 0)).isEqualTo(expected);
        assertThat(manifest(0).tails()).noneMatch(ShardManifest.Tail::unread);
    }

    @Test
    void anInheritedTailIsFoldedEvenIfNobodyAppends() {
        List<String> expected = some(first, orders, 20, "a");
        first.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        world.runtime.runFor(ROUND);

        assertThat(manifest(0).tails()).noneMatch(ShardManifest.Tail::unread);
        heir.crash();
        LogWorld.Broker next = world.broker();
        OpenOutcome outcome = next.open(0, 3, first.died(1), heir.died(2));
        assertThat(((OpenOutcome.Opened) outcome).slotsRead()).isLessThan(3);
        assertThat(next.records(orders, 0)).isEqualTo(expected);
    }

    @Test
    void producersAndTransactionsSurviveInSnapshots() {
        first.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"));
        first.acknowledged(orders, Batches.idempotent(5, 0, 1, "b"));
        first.acknowledged(orders, Batches.transactional(8, 0, 0, "aborted"));
        first.coordinator(orders, Batches.marker(8, 0, false));
        first.acknowledged(orders, Batches.transactional(9, 0, 0, "open"));
        world.runtime.runFor(ROUND);
        first.acknowledged(orders, Batches.idempotent(5, 0, 2, "c"));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.sequenced(orders, Batches.idempotent(5, 0, 0, "a")).duplicate())
                .isTrue();
        assertThat(heir.sequenced(orders, Batches.idempotent(5, 0, 2, "c")).baseOffset())
                .isEqualTo(5);
        assertThat(heir.refused(orders, Batches.idempotent(5, 0, 4, "e")))
                .isEqualTo(AppendRefusal.OUT_OF_ORDER_SEQUENCE);
        assertThat(heir.offsets(orders).lastStableOffset()).isEqualTo(4);
        ReadOutcome.Records stable =
                (ReadOutcome.Records) world.await(heir.log.read(orders, 0, 1 << 20, Isolation.READ_COMMITTED));
        assertThat(stable.aborted()).containsExactly(new ReadOutcome.AbortedTransaction(8, 2));
        assertThat(Batches.read(stable.batches())).containsExactly("0:a", "1:b", "2:aborted", "3:ABORT");
    }

    @Test
    void aSnapshotNeverSpeaksOfBatchesThatWereLost() {
        first.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"));
        // The round begins while this batch is on its way, and it never arrives.
        first.store.faults(key -> key.value().contains("/wal/") ? new Fault.Silence() : new Fault.None());
        first.sequenced(orders, Batches.idempotent(5, 0, 1, "lost"));
        world.runtime.runFor(Duration.ofSeconds(70));
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        Sequencing.Sequenced again = heir.sequenced(orders, Batches.idempotent(5, 0, 1, "lost"));
        assertThat(again.duplicate()).isFalse();
        assertThat(again.baseOffset()).isEqualTo(1);
    }

    @Test
    void theFloorRisesWhenAllShardsCoverAndSlotsGoAfterTheGrace() {
        first.opened(1, 1);
        some(first, orders, 20, "a");
        some(first, world.partition(1, 0), 5, "x");
        world.runtime.runFor(ROUND);
        long frontier = first.log.status().frontier();
        long slotsThere = keys("/wal/").size();

        world.runtime.runFor(GRACE);

        assertThat(slotsThere).isEqualTo(frontier + 1);
        assertThat(keys("/wal/")).isEmpty();
        assertThat(keys("/floor/")).hasSize(1);
        assertThat(first.records(orders, 0)).hasSize(20);
        some(first, orders, 3, "b");
        first.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1)).opened(1, 2, first.died(1));
        assertThat(heir.records(orders, 0)).hasSize(23);
        assertThat(heir.records(world.partition(1, 0), 0)).hasSize(5);
    }

    @Test
    void anIdleShardDoesNotHoldTheFloor() {
        first.opened(1, 1);
        some(first, orders, 5, "a");

        world.runtime.runFor(ROUND);

        assertThat(keys("/floor/")).hasSize(1);
        assertThat(manifest(1).position(first.incarnation, 0)).isPositive();
    }

    @Test
    void aShardThatWentElsewhereHoldsTheFloorUntilItsHeirHasFolded() {
        first.opened(1, 1);
        some(first, orders, 5, "a");
        some(first, world.partition(1, 0), 5, "x");
        LogWorld.Broker heir = world.broker();
        HandOffOutcome.HandedOff handedOff =
                (HandOffOutcome.HandedOff) world.await(first.log.handOff(new ShardId(1), new LeaderEpoch(1)));
        some(first, orders, 5, "b");
        world.runtime.runFor(ROUND.plus(GRACE));
        assertThat(keys("/floor/")).isEmpty();

        heir.log.handOffReported(new ShardId(1), new LeaderEpoch(1), handedOff.where());
        heir.opened(1, 2, first.alive(1));
        world.runtime.runFor(ROUND);
        some(first, orders, 5, "c");
        world.runtime.runFor(ROUND.plus(GRACE));

        assertThat(keys("/floor/" + first.incarnation)).hasSize(1);
        assertThat(keys("/wal/" + first.incarnation)).isEmpty();
        assertThat(heir.records(world.partition(1, 0), 0)).hasSize(5);
        assertThat(first.records(orders, 0)).hasSize(15);
    }

    @Test
    void aSealThatFallsOnACollectedSlotEndsNothing() {
        some(first, orders, 10, "a");
        world.runtime.runFor(ROUND.plus(GRACE));
        assertThat(keys("/wal/")).isEmpty();
        // A sealer that slept since before the collection wakes up.
        var stray = new io.penstock.log.format.Seal(
                new WalSlot(first.incarnation, 0, 4), "a sleeper", "late", io.penstock.log.format.Fence.all());
        world.bucket.put(world.keys.slot(stray.slot()), stray.encode(), PutCondition.ifAbsent());

        some(first, orders, 5, "b");
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        assertThat(heir.records(orders, 0)).hasSize(15);
    }

    @Test
    void aLongTailIsFoldedAtOnce() {
        LogWorld.Broker busy = world.settings(settings(16, 1)).broker().opened(2, 1);
        PartitionRef partition = world.partition(2, 0);

        some(busy, partition, 40, "a");
        world.runtime.runFor(Duration.ofSeconds(1));

        assertThat(manifest(2).position(busy.incarnation, 0)).isGreaterThan(16);
        assertThat(busy.records(partition, 0)).hasSize(40);
    }

    @Test
    void whenConsolidationCannotFollowAppendsAreRefused() {
        LogWorld.Broker busy = world.settings(settings(8, 1)).broker().opened(2, 1);
        PartitionRef partition = world.partition(2, 0);
        busy.store.faults(key -> key.value().contains("/wal/") ? new Fault.None() : new Fault.LostRequest());
        int accepted = 0;
        while (accepted < 100 && busy.append(partition, Batches.of("v")) instanceof Sequencing.Sequenced sequenced) {
            world.await(sequenced.durability());
            accepted++;
        }

        assertThat(accepted).isBetween(25, 40);
        assertThat(busy.refused(partition, Batches.of("v"))).isEqualTo(AppendRefusal.OVERLOADED);

        busy.store.faults(_ -> new Fault.None());
        world.runtime.runFor(Duration.ofSeconds(10));
        busy.acknowledged(partition, Batches.of("v"));
        assertThat(busy.records(partition, 0)).hasSize(accepted + 1);
    }

    @Test
    void aDeposedLeaderCannotWriteTheManifest() {
        List<String> expected = some(first, orders, 10, "a");
        // Cut off from the store; its round will begin while somebody else leads.
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        expected.addAll(some(heir, orders, 5, "b"));
        world.runtime.runFor(ROUND);

        assertThat(manifest(0).epoch()).isEqualTo(new LeaderEpoch(2));
        assertThat(heir.records(orders, 0)).isEqualTo(expected);
        assertThat(first.told).contains("closed 0 1");
    }

    @Test
    void whatAbandonedAttemptsLeftIsSweptAndNothingElse() {
        some(first, orders, 10, "a");
        world.runtime.runFor(ROUND);
        some(first, orders, 10, "b");
        // The segment is stored, the manifest is not.
        first.store.faults(key -> key.value().contains("/shard/") ? new Fault.Silence() : new Fault.None());
        world.runtime.runFor(ROUND);
        first.crash();
        assertThat(keys("/segment/")).hasSize(2);

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        world.runtime.runFor(ROUND.plus(GRACE).plus(GRACE));

        assertThat(manifest(0).abandoned()).isEmpty();
        assertThat(keys("/segment/0-1-1-")).isEmpty();
        assertThat(heir.records(orders, 0)).hasSize(20);
    }

    @Test
    void batchesLargerThanABlockAreReadFromSegments() {
        ByteBuffer large = Batches.of("x".repeat(1_500_000));
        first.acknowledged(orders, Batches.of("small"));
        first.acknowledged(orders, large);
        first.acknowledged(orders, Batches.of("last"));
        world.runtime.runFor(ROUND);
        some(first, world.orders(1), 2, "other");

        List<String> found = first.records(orders, 0, 1000);

        assertThat(found).hasSize(3);
        assertThat(found.get(1)).hasSize(1_500_002);
        assertThat(found.get(2)).isEqualTo("2:last");
    }

    @Test
    void timestampsAreFoundInSegmentsAndInTheTail() {
        first.acknowledged(orders, Batches.at(1_000, "a", "b"));
        first.acknowledged(orders, Batches.at(5_000, "c"));
        first.acknowledged(orders, Batches.at(2_000, "d"));
        world.runtime.runFor(ROUND);
        first.acknowledged(orders, Batches.at(4_000, "e"));
        first.acknowledged(orders, Batches.at(7_000, "f"));
        first.acknowledged(orders, Batches.at(7_000, "g"));

        assertThat(at(0)).isEqualTo(new OffsetLookup.Found(0, 1_000, 1));
        assertThat(at(1_001)).isEqualTo(new OffsetLookup.Found(2, 5_000, 1));
        assertThat(at(5_000)).isEqualTo(new OffsetLookup.Found(2, 5_000, 1));
        assertThat(at(5_001)).isEqualTo(new OffsetLookup.Found(5, 7_000, 1));
        assertThat(at(7_001)).isEqualTo(new OffsetLookup.None());
        assertThat(world.await(first.log.offsetOfMaxTimestamp(orders))).isEqualTo(new OffsetLookup.Found(5, 7_000, 1));
        assertThat(world.await(first.log.offsetOfMaxTimestamp(world.orders(9)))).isEqualTo(new OffsetLookup.None());
    }

    private OffsetLookup at(long timestamp) {
        return world.await(first.log.offsetForTimestamp(orders, timestamp, Isolation.READ_UNCOMMITTED));
    }

    @Test
    void tenThousandIdlePartitionsCostNothing() {
        LogWorld.Broker broker = world.settings(settings(256, 128 << 20)).broker();
        int shards = 16;
        IntStream.range(10, 10 + shards).forEach(shard -> broker.opened(shard, 1));
        for (int partition = 0; partition < 10_000; partition++) {
            broker.sequenced(world.partition(10 + partition % shards, partition), Batches.of("v"));
        }
        world.runtime.runFor(ROUND);
        int requests = broker.store.requests().size();

        world.runtime.runFor(Duration.ofMinutes(9));
        assertThat(broker.store.requests()).hasSize(requests);

        broker.crash();
        LogWorld.Broker heir = world.broker();
        for (int shard = 10; shard < 10 + shards; shard++) {
            OpenOutcome.Opened opened = (OpenOutcome.Opened) heir.open(shard, 2, broker.died(1));
            assertThat(opened.partitions()).isEqualTo(625);
            assertThat(opened.slotsRead()).isLessThan(3);
        }
        assertThat(heir.records(world.partition(10, 0), 0)).containsExactly("0:v");
    }
}
