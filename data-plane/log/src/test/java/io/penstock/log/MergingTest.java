// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

/// Small segments become large ones, and what they replace goes, whoever leads then.
class MergingTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofMinutes(10);
    private static final Duration UNDO = Duration.ofHours(5);

    private final LogWorld world = new LogWorld().settings(settings(2));
    private final PartitionRef orders = world.orders(0);
    private final LogWorld.Broker broker = world.broker().opened(0, 1);

    private static LogSettings settings(int partsPerPage) {
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
                GRACE,
                new LogSettings.Housekeeping(64, 4, 8, 100, UNDO, partsPerPage));
    }

    private ShardManifest manifest() {
        ShardId id = new ShardId(0);
        GetOutcome.Found found =
                (GetOutcome.Found) world.bucket.get(world.keys.manifest(id)).join();
        return ShardManifest.decode(id, found.bytes());
    }

    private Partition partition(int number) {
        TopicPartitionId id = new TopicPartitionId(LogWorld.ORDERS, number);
        return Optional.ofNullable(manifest().partitions().get(id)).orElseThrow();
    }

    private List<String> keys(String part) {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains(part))
                .toList();
    }

    private static long gets(LogWorld.Broker of, String part) {
        return of.store.requests().stream()
                .filter(request -> request.startsWith("GET") && request.contains(part))
                .count();
    }

    /// One folding per call.
    private String round(LogWorld.Broker by, String value) {
        String expected = by.acknowledged(orders, Batches.of(value)) + ":" + value;
        by.acknowledged(world.orders(1), Batches.of(value));
        world.runtime.runFor(ROUND);
        return expected;
    }

    @Test
    void manyFoldingsLeaveFewParts() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            expected.add(round(broker, "v" + i));
        }

        List<Part> parts = partition(0).segments();

        assertThat(parts).hasSizeLessThan(10);
        assertThat(parts.stream().mapToLong(Part::records).sum()).isEqualTo(60);
        assertThat(broker.records(orders, 0)).isEqualTo(expected);
        assertThat(broker.records(world.orders(1), 0)).hasSize(60);
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        assertThat(heir.records(orders, 0)).isEqualTo(expected);
    }

    @Test
    void whatWasMergedGoesAfterTheGrace() {
        for (int i = 0; i < 30; i++) {
            round(broker, "v" + i);
        }

        world.runtime.runFor(GRACE.multipliedBy(2));

        assertThat(keys("/segment/")).hasSize((int) manifest().partitions().values().stream()
                .flatMap(partition -> partition.segments().stream())
                .map(Part::segment)
                .distinct()
                .count());
        assertThat(keys("/producers/")).isEmpty();
    }

    @Test
    void aLaterLeaderDeletesWhatADeadOneHadReplaced() {
        for (int i = 0; i < 8; i++) {
            round(broker, "v" + i);
        }
        assertThat(manifest().condemned()).isNotEmpty();
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));

        world.runtime.runFor(GRACE.multipliedBy(2));

        assertThat(keys("/segment/0-1-")).hasSize((int) manifest().partitions().values().stream()
                .flatMap(partition -> partition.segments().stream())
                .map(Part::segment)
                .filter(id -> id.startsWith("0-1-"))
                .distinct()
                .count());
        assertThat(heir.records(orders, 0)).hasSize(8);
    }

    @Test
    void foldingTakesItsBytesFromMemory() {
        for (int i = 0; i < 500; i++) {
            broker.acknowledged(orders, Batches.of("x".repeat(10_000)));
        }
        world.runtime.runFor(ROUND);

        assertThat(partition(0).endOffset()).isEqualTo(500);
        assertThat(gets(broker, "/wal/")).isZero();
        assertThat(gets(broker, "/segment/")).isZero();
    }

    @Test
    void anInheritedTailIsReadWithOneRequestASlot() {
        for (int i = 0; i < 100; i++) {
            broker.acknowledged(world.orders(i % 10), Batches.of("x".repeat(30_000)));
        }
        long slots = keys("/wal/").size();
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        long before = gets(heir, "/wal/" + broker.incarnation);

        world.runtime.runFor(Duration.ofSeconds(5));

        assertThat(partition(9).endOffset()).isEqualTo(10);
        assertThat(gets(heir, "/wal/" + broker.incarnation) - before).isLessThanOrEqualTo(slots);
    }

    @Test
    void aColdReadIsAFewLargeRequests() {
        for (int round = 0; round < 16; round++) {
            for (int i = 0; i < 32; i++) {
                broker.acknowledged(orders, Batches.of("x".repeat(50_000)));
                broker.acknowledged(world.orders(1), Batches.of("y"));
            }
            world.runtime.runFor(ROUND);
        }
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        world.runtime.runFor(ROUND);
        long before = gets(heir, "/segment/");

        assertThat(heir.records(orders, 0, 8 << 20)).hasSize(512);

        // 25 MiB: an index, and stretches of a few MiB each, a part.
        assertThat(partition(0).segments()).hasSizeLessThanOrEqualTo(5);
        assertThat(gets(heir, "/segment/") - before).isLessThan(25);
    }

    @Test
    void aLongListOfPartsIsTakenOutOfTheManifest() {
        List<Long> timestamps = new ArrayList<>();
        for (int round = 0; round < 5; round++) {
            for (int i = 0; i < 17; i++) {
                timestamps.add(1_000L + 10L * timestamps.size());
                broker.acknowledged(orders, Batches.at(timestamps.getLast(), "x".repeat(1_000_000)));
            }
            world.runtime.runFor(ROUND);
        }

        assertThat(partition(0).pages()).isNotEmpty();
        assertThat(partition(0).segments()).hasSizeLessThan(4);
        assertThat(keys("/parts/")).hasSameSizeAs(partition(0).pages());
        broker.crash();
        LogWorld.Broker heir = world.broker().opened(0, 2, broker.died(1));
        assertThat(heir.records(orders, 0, 4 << 20)).hasSize(85);
        for (int offset : new int[] {0, 16, 17, 40, 84}) {
            assertThat(world.await(
                            heir.log.offsetForTimestamp(orders, timestamps.get(offset), Isolation.READ_UNCOMMITTED)))
                    .isEqualTo(new OffsetLookup.Found(offset, timestamps.get(offset), 1));
        }
        world.runtime.runFor(GRACE.multipliedBy(3));
        assertThat(heir.records(orders, 30, 4 << 20)).hasSize(55);
    }

    @Test
    void aDeletedTopicsRecordsStayForTheUndoWindowAndThenGo() {
        round(broker, "v");
        assertThat(world.await(broker.log.drop(new ShardId(0), LogWorld.ORDERS)))
                .isTrue();
        broker.acknowledged(new PartitionRef(new ShardId(0), new Uuid(5, 5), 0), Batches.of("other"));
        world.runtime.runFor(UNDO.minusMinutes(1));
        assertThat(partition(0).segments()).isNotEmpty();
        assertThat(manifest().dropped()).containsOnlyKeys(LogWorld.ORDERS);

        world.runtime.runFor(GRACE.multipliedBy(2));

        assertThat(manifest().partitions().keySet())
                .noneMatch(id -> id.topicId().equals(LogWorld.ORDERS));
        assertThat(manifest().dropped()).isEmpty();
        assertThat(keys("/segment/")).hasSize(1);
    }

    @Test
    void aTopicThatIsDeletedWhileNothingElseHappensGoesToo() {
        round(broker, "v");
        assertThat(world.await(broker.log.drop(new ShardId(0), LogWorld.ORDERS)))
                .isTrue();

        world.runtime.runFor(UNDO.plus(GRACE.multipliedBy(3)));

        assertThat(manifest().partitions()).isEmpty();
        assertThat(manifest().dropped()).isEmpty();
        assertThat(keys("/segment/")).isEmpty();
        int requests = broker.store.requests().size();
        world.runtime.runFor(UNDO);
        assertThat(broker.store.requests()).hasSize(requests);
    }

    @Test
    void aTopicThatIsDeletedWhileItsEmptiedLogIsFoldedStaysKnownAsLongAsATailSpeaksOfIt() {
        broker.acknowledged(orders, Batches.idempotent(5, 0, 0, "a"));
        assertThat(world.await(broker.log.deleteAllRecords(orders))).isEqualTo(new DeletionOutcome.Deleted(1));
        broker.store.faults(key -> key.value().contains("/producers/")
                ? new FaultyStore.Fault.Slow(Duration.ofSeconds(10))
                : new FaultyStore.Fault.None());
        world.runtime.runFor(Duration.ofSeconds(61));
        broker.acknowledged(orders, Batches.idempotent(5, 0, 1, "b"));
        assertThat(world.await(broker.log.drop(new ShardId(0), LogWorld.ORDERS)))
                .isTrue();
        world.runtime.runFor(Duration.ofSeconds(11));
        assertThat(manifest().dropped()).containsOnlyKeys(LogWorld.ORDERS);
        broker.crash();

        assertThat(world.broker().open(0, 2, broker.died(1))).isInstanceOf(OpenOutcome.Opened.class);
    }
}
