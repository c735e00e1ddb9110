// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class MergePlanTest {
    private static final TopicPartitionId PARTITION = new TopicPartitionId(new Uuid(1, 1), 0);

    /// Kafka's batch with one record and nothing in it, in bytes.
    private static final long SMALLEST_BATCH = 70;

    private static Part part(long offset, long size) {
        return new Part("s" + offset, offset, offset, 1, 0, 0, Math.toIntExact(size), 0, 28);
    }

    private static List<Part> parts(long... sizes) {
        List<Part> parts = new ArrayList<>();
        for (long size : sizes) {
            parts.add(part(parts.size(), size));
        }
        return parts;
    }

    private static int merged(List<Part> parts) {
        return MergePlan.of(PARTITION, parts, Long.MAX_VALUE)
                .map(run -> run.parts().size())
                .orElse(0);
    }

    @Test
    void eightSmallNeighboursBecomeOne() {
        assertThat(merged(parts(9, 9, 9, 9, 9, 9, 9))).isZero();
        assertThat(merged(parts(9, 9, 9, 9, 9, 9, 9, 9))).isEqualTo(8);
    }

    @Test
    void aLargePartIsNotRewrittenForTheSakeOfSmallOnes() {
        assertThat(merged(parts(1 << 20, 9, 9, 9, 9, 9, 9, 9))).isZero();
        assertThat(MergePlan.of(PARTITION, parts(1 << 20, 9, 9, 9, 9, 9, 9, 9, 9), Long.MAX_VALUE)
                        .map(run -> run.parts().getFirst().baseOffset()))
                .contains(1L);
    }

    @Test
    void neverMoreThanASegmentHolds() {
        long eight = 8 << 20;
        List<Part> parts = parts(eight, eight, eight, eight, eight, eight, eight, eight);

        Optional<MergePlan.Run> run = MergePlan.of(PARTITION, parts, Long.MAX_VALUE);

        assertThat(run).isPresent();
        assertThat(run.get().bytes())
                .isBetween((long) SegmentWriter.OWN_SEGMENT_BYTES, (long) SegmentWriter.MAX_SEGMENT_BYTES);
    }

    @Test
    void whateverComesPartsStayFewAndBytesAreRewrittenAFewTimes() {
        Random random = new Random(7);
        for (int world = 0; world < 20; world++) {
            int usual = 1 << (5 + random.nextInt(18));
            List<Part> parts = new ArrayList<>();
            long written = 0;
            long rewritten = 0;
            int large = 0;
            for (int offset = 0; offset < 2_000; offset++) {
                long size = SMALLEST_BATCH + random.nextInt(usual);
                written += size;
                parts.add(part(offset, size));
                for (Optional<MergePlan.Run> run = MergePlan.of(PARTITION, parts, Long.MAX_VALUE);
                        run.isPresent();
                        run = MergePlan.of(PARTITION, parts, Long.MAX_VALUE)) {
                    List<Part> some = run.get().parts();
                    int at = parts.indexOf(some.getFirst());
                    parts.subList(at, at + some.size()).clear();
                    parts.add(at, part(some.getFirst().baseOffset(), run.get().bytes()));
                    rewritten += run.get().bytes();
                }
                large = (int) parts.stream()
                        .filter(part -> part.size() >= SegmentWriter.OWN_SEGMENT_BYTES)
                        .count();
                assertThat(parts.size() - large).isLessThan(60);
            }
            assertThat(rewritten).isLessThan(6 * written);
        }
    }

    @Test
    void whatIsMergedGrowsOldTogether() {
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < 24; i++) {
            parts.add(new Part("s" + i, i, i, 1, i * 1_000L, 0, 9, 9, 9));
        }

        assertThat(MergePlan.of(PARTITION, parts, 7_000))
                .hasValueSatisfying(run -> assertThat(run.parts()).isEqualTo(parts.subList(0, 8)));
        assertThat(MergePlan.of(PARTITION, parts, 6_000)).isEmpty();
    }
}
