// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ShardId;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeletionTest {
    private static final Duration ROUND = Duration.ofSeconds(90);
    private static final Duration GRACE = Duration.ofHours(2);

    private final LogWorld world = new LogWorld();
    private final PartitionRef orders = world.orders(0);
    private final LogWorld.Broker first = world.broker().opened(0, 1);

    private DeletionOutcome delete(LogWorld.Broker broker, long beforeOffset) {
        return world.await(broker.log.deleteRecords(orders, beforeOffset));
    }

    private ShardManifest manifest() {
        ShardId id = new ShardId(0);
        GetOutcome found = world.bucket.get(world.keys.manifest(id)).join();
        return ShardManifest.decode(id, ((GetOutcome.Found) found).bytes());
    }

    private List<String> segments() {
        return world.bucket.keys().stream()
                .map(ObjectKey::value)
                .filter(key -> key.contains("/segment/"))
                .toList();
    }

    @Test
    void recordsBelowTheLogStartAreGone() {
        for (String value : List.of("a", "b", "c", "d")) {
            first.acknowledged(orders, Batches.of(value));
        }

        assertThat(delete(first, 2)).isEqualTo(new DeletionOutcome.Deleted(2));

        assertThat(first.offsets(orders).logStartOffset()).isEqualTo(2);
        assertThat(first.read(orders, 1)).isEqualTo(new ReadOutcome.OutOfRange(2, 4));
        assertThat(first.records(orders, 2)).containsExactly("2:c", "3:d");
        assertThat(first.sequenced(orders, Batches.of("e")).logStartOffset()).isEqualTo(2);
        assertThat(world.await(first.log.offsetForTimestamp(orders, 0, Isolation.READ_UNCOMMITTED)))
                .isEqualTo(new OffsetLookup.Found(2, 1_000, 1));
    }

    @Test
    void theLogStartOnlyGrows() {
        first.acknowledged(orders, Batches.of("a", "b", "c"));
        first.acknowledged(orders, Batches.of("d"));
        delete(first, 3);

        assertThat(delete(first, 1)).isEqualTo(new DeletionOutcome.Deleted(3));
        assertThat(delete(first, 5)).isEqualTo(new DeletionOutcome.OutOfRange(4));
        assertThat(world.await(first.log.deleteRecords(world.orders(7), 0))).isEqualTo(new DeletionOutcome.Deleted(0));
        assertThat(world.await(first.log.deleteRecords(world.orders(7), 1)))
                .isEqualTo(new DeletionOutcome.OutOfRange(0));
        assertThat(world.await(first.log.deleteRecords(world.partition(9, 0), 0)))
                .isEqualTo(new DeletionOutcome.NotLeader());
        assertThat(world.await(first.log.deleteAllRecords(orders))).isEqualTo(new DeletionOutcome.Deleted(4));
    }

    @Test
    void itIsAnsweredAndShownOnlyWhenDurable() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        first.store.faults(_ -> new Fault.LostRequest());

        var deletion = first.log.deleteRecords(orders, 1);
        world.runtime.runFor(Duration.ofSeconds(3));

        assertThat(deletion).isNotDone();
        assertThat(first.offsets(orders).logStartOffset()).isZero();
        assertThat(first.records(orders, 0)).containsExactly("0:a", "1:b");
        first.store.faults(_ -> new Fault.None());
        assertThat(world.await(deletion)).isEqualTo(new DeletionOutcome.Deleted(1));
    }

    @Test
    void anHeirKnowsItFromTheTail() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        delete(first, 1);
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.offsets(orders).logStartOffset()).isEqualTo(1);
        assertThat(heir.read(orders, 0)).isEqualTo(new ReadOutcome.OutOfRange(1, 2));
        assertThat(heir.records(orders, 1)).containsExactly("1:b");
    }

    @Test
    void anHeirKnowsItFromTheManifest() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        world.runtime.runFor(ROUND);
        assertThat(delete(first, 2)).isEqualTo(new DeletionOutcome.Deleted(2));
        world.runtime.runFor(ROUND);
        assertThat(manifest().partitions().values()).singleElement().satisfies(partition -> {
            assertThat(partition.logStartOffset()).isEqualTo(2);
            assertThat(partition.endOffset()).isEqualTo(2);
            assertThat(partition.segments()).isEmpty();
        });
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));

        assertThat(heir.offsets(orders).logStartOffset()).isEqualTo(2);
        assertThat(heir.acknowledged(orders, Batches.of("c"))).isEqualTo(2);
        assertThat(heir.records(orders, 2)).containsExactly("2:c");
        world.runtime.runFor(ROUND);
        assertThat(heir.records(orders, 2)).containsExactly("2:c");
    }

    @Test
    void segmentsGoAfterTheGraceAndOnlyWhole() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        world.runtime.runFor(ROUND);
        first.acknowledged(orders, Batches.of("c"));
        first.acknowledged(orders, Batches.of("d"));
        world.runtime.runFor(ROUND);
        assertThat(segments()).hasSize(2);

        delete(first, 3);
        world.runtime.runFor(ROUND);
        assertThat(manifest().partitions().firstEntry().getValue().segments()).hasSize(1);
        assertThat(segments()).hasSize(2);
        world.runtime.runFor(GRACE);

        assertThat(segments()).hasSize(1);
        assertThat(first.records(orders, 3)).containsExactly("3:d");
    }

    @Test
    void whatIsDeletedBeforeItIsFoldedIsNeverCopied() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        first.acknowledged(orders, Batches.of("c"));
        delete(first, 2);

        world.runtime.runFor(ROUND);

        assertThat(manifest().partitions().values())
                .singleElement()
                .satisfies(partition -> assertThat(partition.segments())
                        .singleElement()
                        .satisfies(part -> assertThat(part.records()).isEqualTo(1)));
        assertThat(first.records(orders, 2)).containsExactly("2:c");
    }

    @Test
    void anOpenTransactionWhoseBeginningIsDeletedHoldsReadersAtTheLogStart() {
        first.acknowledged(orders, Batches.transactional(9, 0, 0, "maybe"));
        first.acknowledged(orders, Batches.of("later"));
        delete(first, 1);

        assertThat(first.offsets(orders).lastStableOffset()).isEqualTo(1);
        first.coordinator(orders, Batches.marker(9, 0, false));
        assertThat(first.offsets(orders).lastStableOffset()).isEqualTo(3);
    }

    @Test
    void timesOfDeletedRecordsAreNotFound() {
        first.acknowledged(
                orders, Batches.several(Batches.at(9_000, "a"), Batches.at(2_000, "b"), Batches.at(3_000, "c")));
        first.acknowledged(orders, Batches.stamped(8_000, 1_000, 4_000));
        world.runtime.runFor(ROUND);
        first.acknowledged(orders, Batches.stamped(7_000, 5_000));
        delete(first, 4);

        assertThat(at(first, 1_001)).isEqualTo(new OffsetLookup.Found(5, 4_000, 1));
        assertThat(at(first, 4_001)).isEqualTo(new OffsetLookup.Found(6, 7_000, 1));
        assertThat(world.await(first.log.offsetOfMaxTimestamp(orders))).isEqualTo(new OffsetLookup.Found(6, 7_000, 1));
        delete(first, 7);
        assertThat(world.await(first.log.offsetOfMaxTimestamp(orders))).isEqualTo(new OffsetLookup.Found(7, 5_000, 1));
        assertThat(at(first, 5_001)).isEqualTo(new OffsetLookup.None());
        world.runtime.runFor(ROUND);
        assertThat(world.await(first.log.offsetOfMaxTimestamp(orders))).isEqualTo(new OffsetLookup.Found(7, 5_000, 1));
        delete(first, 8);
        assertThat(world.await(first.log.offsetOfMaxTimestamp(orders))).isEqualTo(new OffsetLookup.None());
    }

    private OffsetLookup at(LogWorld.Broker broker, long timestamp) {
        return world.await(broker.log.offsetForTimestamp(orders, timestamp, Isolation.READ_UNCOMMITTED));
    }
}
