// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.Fence;
import io.penstock.log.format.Seal;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// WALs whose incarnation is gone are collected by its heirs (R5).
class GoneWalsTest {
    private static final Duration GRACE = Duration.ofMinutes(10);

    private final LogWorld world = new LogWorld().settings(settings(128 << 20));
    private final PartitionRef orders = world.partition(0, 0);
    private final PartitionRef others = world.partition(1, 0);
    private final LogWorld.Broker gone = world.broker().opened(0, 1).opened(1, 1);

    private static LogSettings settings(long tailCacheBytes) {
        LogSettings usual = LogSettings.defaults(LatencyProfile.FAST);
        return new LogSettings(
                usual.profile(),
                usual.maxSlotBytes(),
                usual.maxPutsInFlight(),
                usual.maxPendingBytes(),
                usual.slotStuckAfter(),
                usual.handOffPatience(),
                usual.barrierInterval(),
                usual.consolidateAfterSlots(),
                usual.consolidateAfter(),
                usual.consolidateAfterBytes(),
                tailCacheBytes,
                GRACE);
    }

    private void some(LogWorld.Broker broker, PartitionRef partition, int count) {
        for (int i = 0; i < count; i++) {
            broker.acknowledged(partition, Batches.of("v"));
        }
    }

    private List<String> keys(String part) {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains(part))
                .toList();
    }

    private ShardManifest manifest(int shard) {
        ShardId id = new ShardId(shard);
        GetOutcome.Found found =
                (GetOutcome.Found) world.bucket.get(world.keys.manifest(id)).join();
        return ShardManifest.decode(id, found.bytes());
    }

    private boolean knowsTailsOf(LogWorld.Broker broker, int shard) {
        return manifest(shard).tails().stream()
                .anyMatch(tail -> tail.incarnation().equals(broker.incarnation));
    }

    private long gets(LogWorld.Broker broker, String part) {
        return broker.store.requests().stream()
                .filter(request -> request.startsWith("GET") && request.contains(part))
                .count();
    }

    @Test
    void anInheritedTailIsFoldedWithinSeconds() {
        some(gone, orders, 20);
        gone.crash();
        world.broker().opened(0, 2, gone.died(1));

        world.runtime.runFor(Duration.ofSeconds(5));

        assertThat(manifest(0).tails()).noneMatch(ShardManifest.Tail::unread);
    }

    @Test
    void itsSlotsGoWhenAllShardsCoverThemAndItsSealStays() {
        some(gone, orders, 20);
        some(gone, others, 20);
        gone.crash();
        LogWorld.Broker first = world.broker().opened(0, 2, gone.died(1));
        LogWorld.Broker second = world.broker().opened(1, 2, gone.died(1));
        world.runtime.runFor(GRACE);
        assertThat(keys("/floor/" + gone.incarnation)).hasSize(1);
        assertThat(keys("/wal/" + gone.incarnation)).hasSizeGreaterThan(20);

        world.runtime.runFor(GRACE);

        assertThat(keys("/wal/" + gone.incarnation)).as("the seal").hasSize(1);
        assertThat(knowsTailsOf(gone, 0)).isFalse();
        assertThat(knowsTailsOf(gone, 1)).isFalse();
        assertThat(first.records(orders, 0)).hasSize(20);
        assertThat(second.records(others, 0)).hasSize(20);
    }

    @Test
    void onlyOneOfTheHeirsReadsWhoWroteWhere() {
        some(gone, orders, 40);
        some(gone, others, 40);
        gone.crash();
        LogWorld.Broker first = world.broker().opened(0, 2, gone.died(1));
        LogWorld.Broker second = world.broker().opened(1, 2, gone.died(1));
        world.runtime.runFor(Duration.ofSeconds(30));
        long firstGets = gets(first, "/wal/" + gone.incarnation);
        long secondGets = gets(second, "/wal/" + gone.incarnation);

        world.runtime.runFor(GRACE.multipliedBy(3));

        List<Long> more = new ArrayList<>(List.of(
                gets(first, "/wal/" + gone.incarnation) - firstGets,
                gets(second, "/wal/" + gone.incarnation) - secondGets));
        more.sort(null);
        assertThat(more.getFirst()).isLessThanOrEqualTo(1);
        assertThat(more.getLast()).isGreaterThan(70);
    }

    @Test
    void theFloorWaitsForAShardThatNobodyHasOpenedYet() {
        some(gone, orders, 5);
        some(gone, others, 5);
        gone.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, gone.died(1));
        world.runtime.runFor(GRACE.multipliedBy(3));
        assertThat(keys("/floor/" + gone.incarnation)).isEmpty();

        heir.opened(1, 2, gone.died(1));
        world.runtime.runFor(GRACE.multipliedBy(4));

        assertThat(keys("/wal/" + gone.incarnation)).as("the seal").hasSize(1);
        assertThat(heir.records(others, 0)).hasSize(5);
    }

    @Test
    void whatADeadHeirHadBegunALaterOneEnds() {
        some(gone, orders, 5);
        some(gone, others, 5);
        gone.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, gone.died(1)).opened(1, 2, gone.died(1));
        world.runtime.runFor(Duration.ofMinutes(2));
        assertThat(keys("/floor/" + gone.incarnation)).hasSize(1);
        heir.crash();

        LogWorld.Broker last = world.broker().opened(0, 3, heir.died(2)).opened(1, 3, heir.died(2));
        world.runtime.runFor(GRACE.multipliedBy(3));

        assertThat(keys("/wal/" + gone.incarnation)).as("the seal").hasSize(1);
        assertThat(keys("/wal/" + heir.incarnation)).as("the seal").hasSize(1);
        assertThat(knowsTailsOf(gone, 0)).isFalse();
        assertThat(last.records(others, 0)).hasSize(5);
    }

    @Test
    void aWalThatWasHandedOffWholeAndNeverSealedIsCollectedToo() {
        some(gone, orders, 5);
        some(gone, others, 5);
        var where0 = (HandOffOutcome.HandedOff) world.await(gone.log.handOff(new ShardId(0), new LeaderEpoch(1)));
        var where1 = (HandOffOutcome.HandedOff) world.await(gone.log.handOff(new ShardId(1), new LeaderEpoch(1)));
        LogWorld.Broker heir = world.broker();
        heir.log.handOffReported(new ShardId(0), new LeaderEpoch(1), where0.where());
        heir.log.handOffReported(new ShardId(1), new LeaderEpoch(1), where1.where());
        heir.opened(0, 2, gone.alive(1)).opened(1, 2, gone.alive(1));
        gone.crash();

        world.runtime.runFor(GRACE.multipliedBy(4));

        assertThat(keys("/wal/" + gone.incarnation)).isEmpty();
        assertThat(heir.records(orders, 0)).hasSize(5);
        assertThat(heir.records(others, 0)).hasSize(5);
    }

    @Test
    void whenEverythingIsCollectedNoRequestIsMade() {
        some(gone, orders, 20);
        gone.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, gone.died(1)).opened(1, 2, gone.died(1));
        some(heir, orders, 20);
        world.runtime.runFor(GRACE.multipliedBy(4));
        int requests = heir.store.requests().size();

        world.runtime.runFor(Duration.ofDays(2));

        assertThat(heir.store.requests()).hasSize(requests);
        assertThat(keys("/wal/")).as("the seal").hasSize(1);
    }

    @Test
    void aSleeperWhoseSlotsWentAndMetALateSealServesNothingOfIt() {
        LogWorld.Broker sleeper = world.settings(settings(1)).broker().opened(2, 1);
        PartitionRef partition = world.partition(2, 0);
        some(sleeper, partition, 3);
        sleeper.store.faults(_ -> new FaultyStore.Fault.Silence());
        world.broker().opened(2, 2, sleeper.died(1));
        world.runtime.runFor(GRACE.multipliedBy(2));
        assertThat(keys("/wal/" + sleeper.incarnation)).as("the seal").hasSize(1);
        for (int slot = 0; slot <= 3; slot++) {
            WalSlot collected = new WalSlot(sleeper.incarnation, 0, slot);
            Seal late = new Seal(collected, "a sealer that slept, too", "incarnation retired", Fence.all());
            world.bucket.put(world.keys.slot(collected), late.encode(), PutCondition.ifAbsent());
        }
        sleeper.store.faults(_ -> new FaultyStore.Fault.None());

        assertThat(sleeper.read(partition, 0)).isEqualTo(new ReadOutcome.NotLeader());
    }
}
