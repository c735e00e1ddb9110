// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Batches;
import io.penstock.log.HandOffOutcome;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import io.penstock.log.LogWorld;
import io.penstock.log.PartitionRef;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.Floor;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotContent;
import io.penstock.log.format.WalHeader;
import io.penstock.log.format.WalObjectBuilder;
import io.penstock.objectstore.ForwardingObjectStore;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Three brokers, a failover and a hand-off: `first` led shards 0 and 1 at epoch 1 and died, `second` led both from
/// epoch 2 on and gave shard 1 to `third` at epoch 3.
class ClusterFsckTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofMinutes(10);

    /// Nothing is on its way any more, and what is to be deleted still may be there.
    private static final Duration SOON = Duration.ofMinutes(6);

    private static final Duration LONG_AFTER = Duration.ofHours(5);

    private final LogWorld world = new LogWorld().settings(settings());
    private final PartitionRef orders = world.partition(0, 0);
    private final PartitionRef moved = world.partition(1, 1);
    private final LogWorld.Broker first = world.broker().opened(0, 1).opened(1, 1);
    private final LogWorld.Broker second = world.broker();
    private final LogWorld.Broker third = world.broker();

    private static LogSettings settings() {
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
                usual.tailCacheBytes(),
                GRACE);
    }

    private void live() {
        append(first, orders, 10);
        append(first, moved, 10);
        world.runtime.runFor(ROUND); // folded, and the floor rises
        append(first, orders, 5);
        world.runtime.runFor(GRACE); // collected
        append(first, orders, 7);
        append(first, moved, 3);
        first.crash();
        second.opened(0, 2, first.died(1)).opened(1, 2, first.died(1));
        append(second, orders, 5);
        append(second, moved, 5);
        HandOffOutcome outcome = world.await(second.log.handOff(new ShardId(1), new LeaderEpoch(2)));
        CompletableFuture<?> opening = third.opening(1, 3, first.died(1), second.alive(2));
        third.log.handOffReported(new ShardId(1), new LeaderEpoch(2), ((HandOffOutcome.HandedOff) outcome).where());
        world.await(opening);
        append(second, orders, 20);
        append(third, moved, 6);
        world.runtime.runFor(ROUND);
        append(second, orders, 5);
        append(third, moved, 4);
    }

    private void append(LogWorld.Broker broker, PartitionRef partition, int count) {
        for (int i = 0; i < count; i++) {
            int sequence = sequences[partition.partition()]++;
            broker.acknowledged(partition, Batches.idempotent(7 + partition.partition(), 0, sequence, "v" + i));
        }
    }

    private final int[] sequences = new int[2];

    private Assignments assignments() {
        ShardId zero = new ShardId(0);
        ShardId one = new ShardId(1);
        return new Assignments(
                3,
                true,
                2,
                Map.of(
                        zero,
                        Map.of(new LeaderEpoch(1), first.incarnation, new LeaderEpoch(2), second.incarnation),
                        one,
                        Map.of(
                                new LeaderEpoch(1),
                                first.incarnation,
                                new LeaderEpoch(2),
                                second.incarnation,
                                new LeaderEpoch(3),
                                third.incarnation)),
                Set.of(first.incarnation, second.incarnation, third.incarnation),
                Set.of(),
                List.of(
                        new Assignments.Death(first.incarnation, zero, new LeaderEpoch(2)),
                        new Assignments.Death(first.incarnation, one, new LeaderEpoch(2))));
    }

    private ClusterReport check(ObjectStore store, Duration later) {
        return check(store, later, this::assignments);
    }

    private ClusterReport check(ObjectStore store, Duration later, Supplier<Assignments> metalog) {
        InstantSource clock =
                () -> Instant.ofEpochMilli(world.runtime.wallMillis()).plus(later);
        return new ClusterFsck(store, world.prefix, metalog, FsckSettings.defaults(), clock, world.runtime::runFor)
                .check();
    }

    // ---- planting

    private List<String> keys(String part) {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains(part))
                .toList();
    }

    private ByteBuffer bytes(String key) {
        GetOutcome found = world.bucket.get(ObjectKey.of(key)).join();
        return ((GetOutcome.Found) found).bytes();
    }

    private void put(String key, ByteBuffer bytes) {
        world.bucket.put(ObjectKey.of(key), bytes, PutCondition.always()).join();
    }

    private void remove(String key) {
        world.bucket.delete(ObjectKey.of(key)).join();
    }

    private void flip(String key) {
        ByteBuffer old = bytes(key);
        ByteBuffer flipped =
                ByteBuffer.allocate(old.remaining()).put(old.duplicate()).flip();
        int at = flipped.limit() / 2;
        put(key, flipped.put(at, (byte) (flipped.get(at) ^ 4)));
    }

    private void cut(String key) {
        ByteBuffer old = bytes(key);
        put(key, old.slice(0, old.remaining() - 9));
    }

    private String slot(LogWorld.Broker broker, long number) {
        return world.keys.slot(new WalSlot(broker.incarnation, 0, number)).value();
    }

    private List<String> slots(LogWorld.Broker broker) {
        return keys("/wal/" + broker.incarnation + "/");
    }

    private ShardManifest manifest(int shard) {
        return ShardManifest.decode(
                new ShardId(shard),
                bytes(world.keys.manifest(new ShardId(shard)).value()));
    }

    private void manifest(int shard, UnaryOperator<ShardManifest> change) {
        put(
                world.keys.manifest(new ShardId(shard)).value(),
                change.apply(manifest(shard)).encode());
    }

    private void floor(LogWorld.Broker broker, long to) {
        put(
                world.keys.floor(broker.incarnation, 0).value(),
                new Floor(broker.incarnation, 0, to, new Nonce(1, to)).encode());
    }

    /// Above its floor: below it, slots go when their time has come.
    private void aSealedWalHasAHole() {
        List<String> slots = slots(first);
        String gone = slots.get(slots.size() - 3);
        floor(first, Long.parseLong(gone.substring(gone.lastIndexOf('/') + 1)));
        remove(gone);
    }

    private void floorIsTooHigh() {
        floor(second, second.log.status().frontier() + 1);
    }

    private void aSlotRepeats() {
        long number = second.log.status().frontier();
        SlotContent.WalData last = (SlotContent.WalData)
                SlotCodec.decode(new WalSlot(second.incarnation, 0, number), bytes(slot(second, number)));
        WalObjectBuilder copy = new WalObjectBuilder();
        last.batches().forEach(row -> copy.append(row, last.bytes(row)));
        WalSlot next = new WalSlot(second.incarnation, 0, number + 1);
        put(slot(second, number + 1), copy.freeze(new WalHeader(next, new Nonce(3, 3))));
    }

    private void aSlotSkipsOffsets() {
        long number = second.log.status().frontier();
        SlotContent.WalData last = (SlotContent.WalData)
                SlotCodec.decode(new WalSlot(second.incarnation, 0, number), bytes(slot(second, number)));
        WalObjectBuilder copy = new WalObjectBuilder();
        last.batches()
                .forEach(row -> copy.append(
                        new BatchIndex(
                                row.topicId(),
                                row.partition(),
                                row.shard(),
                                row.epoch(),
                                row.baseOffset() + 5,
                                row.lastOffset() + 5,
                                row.recordCount(),
                                row.minTimestamp(),
                                row.maxTimestamp(),
                                row.producerId(),
                                row.producerEpoch(),
                                row.firstSequence(),
                                row.lastSequence(),
                                row.transactional(),
                                row.control(),
                                0,
                                0),
                        last.bytes(row)));
        WalSlot next = new WalSlot(second.incarnation, 0, number + 1);
        put(slot(second, number + 1), copy.freeze(new WalHeader(next, new Nonce(3, 3))));
    }

    private void aStrangersWal() {
        Incarnation stranger = new Incarnation(99, 99);
        SlotContent.WalData data = (SlotContent.WalData) SlotCodec.decode(
                new WalSlot(second.incarnation, 0, second.log.status().frontier()),
                bytes(slots(second).getLast()));
        WalObjectBuilder copy = new WalObjectBuilder();
        data.batches().forEach(row -> copy.append(row, data.bytes(row)));
        WalSlot at = new WalSlot(stranger, 0, 0);
        put(world.keys.slot(at).value(), copy.freeze(new WalHeader(at, new Nonce(3, 3))));
    }

    private void aSegmentIsAnothers() {
        List<String> segments = keys("/segment/");
        put(segments.getFirst(), bytes(segments.getLast()));
    }

    /// What can be planted, and which damage must be named for it.
    @SuppressWarnings("ImmutableEnumChecker") // what plants it is a method
    enum Plant {
        MISSING_SEGMENT(
                Damage.SEGMENT_MISSING,
                test -> test.remove(test.keys("/segment/0-").getFirst())),
        FLIPPED_BYTE_IN_A_SEGMENT(
                Damage.OBJECT_DAMAGED,
                test -> test.flip(test.keys("/segment/1-").getFirst())),
        TRUNCATED_SEGMENT(
                Damage.OBJECT_DAMAGED, test -> test.cut(test.keys("/segment/0-").getLast())),
        SWAPPED_SEGMENT(Damage.OBJECT_DAMAGED, ClusterFsckTest::aSegmentIsAnothers),
        MISSING_SNAPSHOT(
                Damage.SNAPSHOT_MISSING, test -> test.keys("/producers/0/").forEach(test::remove)),
        FLIPPED_BYTE_IN_A_SNAPSHOT(
                Damage.OBJECT_DAMAGED,
                test -> test.flip(test.world
                        .keys
                        .producerSnapshot(
                                new ShardId(1),
                                test.manifest(1).producerSnapshot().orElseThrow())
                        .value())),
        MISSING_SLOT_OF_A_SEALED_WAL(Damage.SLOT_MISSING, ClusterFsckTest::aSealedWalHasAHole),
        MISSING_SLOT_THAT_WAS_FOLDED(
                Damage.MANIFEST_BEYOND,
                test -> test.remove(test.slot(test.second, test.manifest(0).position(test.second.incarnation, 0) - 2))),
        FLIPPED_BYTE_IN_A_SLOT(
                Damage.OBJECT_DAMAGED, test -> test.flip(test.slots(test.second).getLast())),
        TRUNCATED_SLOT(
                Damage.OBJECT_DAMAGED, test -> test.cut(test.slots(test.third).getLast())),
        DUPLICATE_OFFSETS(Damage.OFFSETS_REPEATED, ClusterFsckTest::aSlotRepeats),
        SKIPPED_OFFSETS(Damage.OFFSETS_MISSING, ClusterFsckTest::aSlotSkipsOffsets),
        LOST_TAIL_OF_A_DEAD_LEADER(Damage.OFFSETS_MISSING, ClusterFsckTest::theManifestForgets),
        MISSING_SEAL(
                Damage.SEAL_MISSING, test -> test.remove(test.slots(test.first).getLast())),
        DAMAGED_SEAL(
                Damage.OBJECT_DAMAGED, test -> test.flip(test.slots(test.first).getLast())),
        FLOOR_ABOVE_WHAT_IS_FOLDED(Damage.FLOOR_TOO_HIGH, ClusterFsckTest::floorIsTooHigh),
        FLOOR_ABOVE_A_SEAL(Damage.FLOOR_TOO_HIGH, test -> test.floor(test.first, 1000)),
        DAMAGED_FLOOR(
                Damage.OBJECT_DAMAGED, test -> test.flip(test.keys("/floor/").getFirst())),
        MANIFEST_POINTS_BEYOND(
                Damage.MANIFEST_BEYOND,
                test -> test.manifest(
                        0,
                        old -> old.withTails(
                                List.of(new Tail(test.second.incarnation, 0, 1000, OptionalLong.empty()))))),
        MANIFEST_SAYS_SEALED_ELSEWHERE(
                Damage.SEAL_MISSING,
                test -> test.manifest(
                        0,
                        old -> old.withTails(List.of(new Tail(
                                test.second.incarnation,
                                0,
                                test.second.log.status().frontier(),
                                OptionalLong.of(test.second.log.status().frontier())))))),
        MANIFEST_OF_AN_UNKNOWN_EPOCH(
                Damage.EPOCH_CONTRADICTS,
                test -> test.manifest(1, old -> old.takenAt(new LeaderEpoch(77), old.abandoned(), old.tails()))),
        MISSING_MANIFEST(
                Damage.MANIFEST_MISSING,
                test -> test.remove(test.world.keys.manifest(new ShardId(0)).value())),
        DAMAGED_MANIFEST(
                Damage.OBJECT_DAMAGED,
                test -> test.flip(test.world.keys.manifest(new ShardId(1)).value())),
        FOREIGN_OBJECT(
                Damage.FOREIGN_OBJECT, test -> test.put(test.world.prefix + "/wal/notes.txt", ByteBuffer.allocate(3))),
        SEGMENT_OF_NO_SHARD(
                Damage.FOREIGN_OBJECT,
                test -> test.put(test.world.keys.segment("9-1-0-0").value(), ByteBuffer.allocate(3))),
        STRANGERS_WAL(Damage.EPOCH_CONTRADICTS, ClusterFsckTest::aStrangersWal),
        DAMAGED_PRODUCER_IDS(
                Damage.OBJECT_DAMAGED,
                test -> test.put(test.world.keys.producerIds(0).value(), ByteBuffer.allocate(52)));

        private final Damage expected;
        private final Consumer<ClusterFsckTest> planting;

        Plant(Damage expected, Consumer<ClusterFsckTest> planting) {
            this.expected = expected;
            this.planting = planting;
        }
    }

    /// Shard 0 as it was before anything was folded.
    private void theManifestForgets() {
        manifest(0, old -> old.withPartitions(new TreeMap<>()));
    }

    @ParameterizedTest
    @EnumSource
    void aPlantedDamageIsFound(Plant plant) {
        live();

        plant.planting.accept(this);
        ClusterReport report = check(world.bucket, SOON);

        assertThat(report.findings())
                .as("%s", plant)
                .extracting(Finding::damage)
                .contains(plant.expected);
        assertThat(report.exitCode()).isEqualTo(1);
    }

    @Test
    void whatBrokersWroteIsWhole() {
        live();

        ClusterReport report = check(world.bucket, SOON);

        assertThat(report.findings()).isEmpty();
        assertThat(report.exitCode()).isZero();
        assertThat(report.partitions()).isEqualTo(2);
        assertThat(report.shards()).extracting(ClusterReport.ShardCovered::end).containsExactly(52L, 28L);
        assertThat(report.wals())
                .filteredOn(ClusterReport.WalCovered::sealed)
                .extracting(ClusterReport.WalCovered::incarnation)
                .containsExactly(first.incarnation.toString());
    }

    @Test
    void brokersMayWriteMeanwhile() {
        live();
        List<String> written = new ArrayList<>();
        ObjectStore busy = new Interrupted(world.bucket, () -> {
            if (written.size() < 400) {
                append(second, orders, 1);
                written.add("v");
                if (written.size() % 40 == 0) {
                    world.runtime.runFor(ROUND);
                }
            }
        });

        ClusterReport report = check(busy, Duration.ZERO);

        assertThat(written).hasSizeGreaterThan(50);
        assertThat(report.findings()).isEmpty();
        assertThat(report.exitCode()).isZero();
    }

    @Test
    void aStoreThatDoesNotAnswerProvesNothing() {
        live();
        ObjectStore silent = new Interrupted(world.bucket, () -> {}) {
            @Override
            public CompletableFuture<GetOutcome> get(ObjectKey key) {
                return key.value().contains("/segment/")
                        ? CompletableFuture.completedFuture(new GetOutcome.Failed(new IOException("503")))
                        : super.get(key);
            }
        };

        ClusterReport report = check(silent, SOON);

        assertThat(report.unchecked()).isPresent();
        assertThat(report.exitCode()).isEqualTo(2);
    }

    @Test
    void whatNobodyNamesIsFoundOnceItsGraceIsOver() {
        live();
        String segment = world.keys.segment("0-1-0-77").value();
        String snapshot =
                world.keys.producerSnapshot(new ShardId(0), "0-0-0-p0").value();
        put(segment, bytes(keys("/segment/").getFirst()));
        put(snapshot, bytes(keys("/producers/0/").getFirst()));
        world.runtime.runFor(ROUND);
        append(second, orders, 1);
        world.runtime.runFor(ROUND); // another snapshot comes

        assertThat(check(world.bucket, SOON).findings()).isEmpty();
        assertThat(check(world.bucket, LONG_AFTER).findings())
                .filteredOn(finding -> finding.damage() == Damage.ORPHAN)
                .extracting(Finding::object)
                .contains(segment, snapshot);
    }

    @Test
    void objectsAskedForAheadAreBounded() {
        append(first, orders, 300);
        InFlight counting = new InFlight(world.bucket);

        ClusterReport report = check(counting, SOON, this::assignmentsOfOne);

        assertThat(report.findings()).isEmpty();
        assertThat(report.objects()).isGreaterThan(300);
        assertThat(counting.most).isLessThanOrEqualTo(FsckSettings.defaults().getsUnderWay());
    }

    /// Answers only when asked to wait no longer: how many requests are under way is what the caller keeps.
    private static final class InFlight extends ForwardingObjectStore {
        private final List<CompletableFuture<Void>> unanswered = new ArrayList<>();
        private int most;

        InFlight(ObjectStore store) {
            super(store);
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            unanswered.removeIf(CompletableFuture::isDone);
            CompletableFuture<Void> turn = new CompletableFuture<>();
            unanswered.add(turn);
            most = Math.max(most, unanswered.size());
            CompletableFuture<GetOutcome> found = super.get(key);
            return new CompletableFuture<>() {
                @Override
                public GetOutcome join() {
                    turn.complete(null);
                    return found.join();
                }
            };
        }
    }

    private Assignments assignmentsOfOne() {
        return new Assignments(
                1,
                true,
                2,
                Map.of(
                        new ShardId(0),
                        Map.of(new LeaderEpoch(1), first.incarnation),
                        new ShardId(1),
                        Map.of(new LeaderEpoch(1), first.incarnation)),
                Set.of(first.incarnation),
                Set.of(),
                List.of());
    }

    /// Something happens before every request.
    private static class Interrupted extends ForwardingObjectStore {
        private final Runnable before;

        Interrupted(ObjectStore store, Runnable before) {
            super(store);
            this.before = before;
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            before.run();
            return super.get(key);
        }

        @Override
        public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
            before.run();
            return super.list(prefix, after, limit);
        }
    }
}
