// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.kafka.producers.AbortedTransaction;
import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.kafka.producers.ProducerEntry.AppendedBatch;
import io.penstock.log.format.ProducerSnapshot.Producers;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.EpochStartOffset;
import io.penstock.log.format.ShardManifest.ObjectKind;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.ShardManifest.Tail;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ShardFormatTest {
    private static final TopicPartitionId FIRST = new TopicPartitionId(Samples.TOPIC, 0);
    private static final TopicPartitionId SECOND = new TopicPartitionId(Samples.TOPIC, 9);

    private static ShardManifest manifest(
            List<PageRef> pages, long droppedAt, List<Condemned> condemned, long cleanedBelow) {
        Part one = new Part("3-7-0-0", 0, 5_000_000_000L, 5_000_000_001L, 1_700_000_000_000L, 40, 1_000, 1_040, 28);
        Part two = new Part("3-7-1-4", 5_000_000_001L, 5_000_000_002L, 2, 1_700_000_000_001L, 40, 100, 300, 28);
        Part other = new Part("3-7-1-4", 0, 9, 10, 5, 140, 160, 328, 48);
        return new ShardManifest(
                Samples.shard(3),
                Samples.epoch(7),
                12,
                new Nonce(5, 6),
                Samples.epoch(6),
                new Attempt(Samples.epoch(7), 2),
                List.of(new Attempt(Samples.epoch(5), 9)),
                List.of(
                        new Tail(Samples.INCARNATION, 0, 17, OptionalLong.of(17)),
                        new Tail(Samples.INCARNATION, 1, 3, OptionalLong.empty())),
                new TreeMap<>(Map.of(
                        FIRST,
                        new Partition(
                                4,
                                5_000_000_003L,
                                List.of(new EpochStartOffset(2, 0), new EpochStartOffset(7, 5_000_000_000L)),
                                pages,
                                List.of(one, two)),
                        SECOND,
                        new Partition(
                                0, 10, List.of(new EpochStartOffset(7, 0)), List.of(), List.of(other), cleanedBelow))),
                new TreeMap<>(Map.of(Samples.TOPIC, droppedAt)),
                Optional.of("3-7-1-p5"),
                condemned);
    }

    /// As version 1 could say it.
    private static ShardManifest manifest1() {
        return manifest(List.of(), 0, List.of(), 0);
    }

    private static ShardManifest manifest() {
        return manifest(
                List.of(new PageRef("3-6-4-x1", 0, 4, 3, 5, 6_000_000_000L, 17)),
                1_700_000_000_009L,
                List.of(
                        new Condemned(ObjectKind.SEGMENT, "3-5-0-1", 1_700_000_000_000L),
                        new Condemned(ObjectKind.PRODUCER_SNAPSHOT, "3-6-9-p0", 1_700_000_000_001L),
                        new Condemned(ObjectKind.PARTS_PAGE, "3-6-8-x0", 1_700_000_000_002L)),
                7);
    }

    private static PartsPage page() {
        return new PartsPage(
                Samples.shard(3),
                "3-6-4-x1",
                FIRST,
                List.of(
                        new Part("3-2-0-0", 0, 5_000_000_000L, 5_000_000_001L, -1, 40, 1_000, 1_040, 28),
                        new Part("3-2-1-0", 5_000_000_004L, 5_000_000_004L, 1, 1_700_000_000_001L, 40, 100, 300, 28)));
    }

    private static ProducerSnapshot snapshot() {
        return new ProducerSnapshot(
                Samples.shard(3),
                "3-7-1-p5",
                new TreeMap<>(Map.of(
                        FIRST,
                        new Producers(
                                5_000_000_003L,
                                List.of(
                                        new ProducerEntry(
                                                77,
                                                (short) 3,
                                                -1,
                                                1_700_000_000_000L,
                                                OptionalLong.of(5_000_000_001L),
                                                List.of(
                                                        new AppendedBatch(9, 4_999_999_999L, 4, 5),
                                                        new AppendedBatch(11, 5_000_000_002L, 1, 6))),
                                        new ProducerEntry(78, (short) 0, 2, 1, OptionalLong.empty(), List.of())),
                                List.of(new AbortedTransaction(78, 10, 20, 21))))));
    }

    /// Two partitions; the first is large enough for several rows of its index.
    private static SegmentLayout.Built segment(int bytesPerBatch) {
        var builder = new SegmentLayout.Builder("3-7-1-4", 0);
        for (int i = 0; i < 5; i++) {
            builder.add(row(0, i * 2L, 2, 1_000 + i), Samples.batch(bytesPerBatch, i));
        }
        builder.add(row(9, 100, 1, 7), Samples.batch(80, 9));
        return builder.build();
    }

    private static BatchIndex row(int partition, long offset, int records, long timestamp) {
        return new BatchIndex(
                Samples.TOPIC,
                partition,
                Samples.shard(3),
                Samples.epoch(7),
                offset,
                offset + records - 1,
                records,
                timestamp,
                timestamp,
                -1,
                (short) -1,
                -1,
                -1,
                false,
                false,
                0,
                0);
    }

    private static void everyFlippedBitIsFound(ByteBuffer object, Consumer<ByteBuffer> decode) {
        byte[] bytes = new byte[object.remaining()];
        object.duplicate().get(bytes);
        for (int bit = 0; bit < bytes.length * 8; bit++) {
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> decode.accept(ByteBuffer.wrap(bytes)))
                    .as("bit %s", bit)
                    .isInstanceOf(CorruptObject.class);
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
        }
    }

    @Test
    void manifests() {
        Golden.check("manifest-2", manifest().encode());

        assertThat(ShardManifest.decode(Samples.shard(3), Golden.read("manifest-1")))
                .isEqualTo(manifest1());
        assertThat(ShardManifest.decode(Samples.shard(3), Golden.read("manifest-2")))
                .isEqualTo(manifest());
        assertThatThrownBy(() -> ShardManifest.decode(Samples.shard(4), Golden.read("manifest-2")))
                .isInstanceOf(CorruptObject.class)
                .hasMessageContaining("manifest of shard 3");
        everyFlippedBitIsFound(manifest().encode(), bytes -> ShardManifest.decode(Samples.shard(3), bytes));
    }

    @Test
    void pagesOfParts() {
        Golden.check("parts-page-1", page().encode());

        assertThat(PartsPage.decode("3-6-4-x1", Golden.read("parts-page-1"))).isEqualTo(page());
        assertThatThrownBy(() -> PartsPage.decode("3-6-4-x2", Golden.read("parts-page-1")))
                .isInstanceOf(CorruptObject.class);
        assertThat(page().ref())
                .isEqualTo(new PageRef("3-6-4-x1", 0, 5_000_000_004L, 2, 5_000_000_002L, 1_100, 1_700_000_000_001L));
        everyFlippedBitIsFound(page().encode(), bytes -> PartsPage.decode("3-6-4-x1", bytes));
    }

    @Test
    void aPartTakesADozenBytesOfAManifest() {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            parts.add(new Part(
                    "3-7-" + i + "-0",
                    i * 60L,
                    i * 60L + 59,
                    60,
                    1_700_000_000_000L + i * 60_000L,
                    40,
                    6_000,
                    6_040,
                    28));
        }
        int empty = new PartsPage(Samples.shard(3), "x", FIRST, parts.subList(0, 1))
                .encode()
                .remaining();

        int full = new PartsPage(Samples.shard(3), "x", FIRST, parts).encode().remaining();

        int ids = parts.stream().mapToInt(part -> part.segment().length() + 4).sum();
        assertThat((full - empty - ids) / 1_000).isLessThanOrEqualTo(15);
    }

    @Test
    void aManifestKnowsHowFarItCoversAWal() {
        assertThat(manifest().position(Samples.INCARNATION, 0)).isEqualTo(17);
        assertThat(manifest().position(Samples.INCARNATION, 1)).isEqualTo(3);
        assertThat(manifest().position(Samples.INCARNATION, 2)).isZero();
    }

    @Test
    void producerSnapshots() {
        Golden.check("producer-snapshot-1", snapshot().encode());

        assertThat(ProducerSnapshot.decode(Samples.shard(3), "3-7-1-p5", Golden.read("producer-snapshot-1")))
                .isEqualTo(snapshot());
        assertThatThrownBy(
                        () -> ProducerSnapshot.decode(Samples.shard(3), "3-7-1-p6", Golden.read("producer-snapshot-1")))
                .isInstanceOf(CorruptObject.class);
        everyFlippedBitIsFound(
                snapshot().encode(), bytes -> ProducerSnapshot.decode(Samples.shard(3), "3-7-1-p5", bytes));
    }

    @Test
    void segments() {
        SegmentLayout.Built built = segment(100);
        Golden.check("segment-1", built.bytes());

        assertThat(SegmentLayout.decode("3-7-1-4", Golden.read("segment-1"))).isEqualTo(built.parts());
        assertThatThrownBy(() -> SegmentLayout.decode("3-7-1-5", Golden.read("segment-1")))
                .isInstanceOf(CorruptObject.class);
        everyFlippedBitIsFound(built.bytes(), bytes -> SegmentLayout.decode("3-7-1-4", bytes));
    }

    @Test
    void aSegmentHasAnIndexRowForAboutEvery32Kibibytes() {
        SegmentLayout.Built built = segment(20_000);
        Part part = built.parts().firstEntry().getValue();

        List<SegmentLayout.IndexRow> rows =
                SegmentLayout.decodeIndex("3-7-1-4", built.bytes().slice(part.indexPosition(), part.indexSize()));

        assertThat(rows)
                .containsExactly(
                        new SegmentLayout.IndexRow(0, part.position(), 1_001),
                        new SegmentLayout.IndexRow(4, part.position() + 40_000, 1_003),
                        new SegmentLayout.IndexRow(8, part.position() + 80_000, 1_004));
        assertThat(part.records()).isEqualTo(10);
    }

    @Test
    void aSegmentTakesOffsetsUpwardsAndNoMixedPartitions() {
        var builder = new SegmentLayout.Builder("3-7-1-4", 0);
        builder.add(row(0, 0, 2, 1), Samples.batch(80, 1));
        assertThatThrownBy(() -> builder.add(row(0, 1, 1, 1), Samples.batch(80, 1)))
                .isInstanceOf(IllegalStateException.class);
        builder.add(row(9, 0, 1, 1), Samples.batch(80, 1));
        assertThatThrownBy(() -> builder.add(row(0, 2, 1, 1), Samples.batch(80, 1)))
                .isInstanceOf(IllegalStateException.class);
    }
}
