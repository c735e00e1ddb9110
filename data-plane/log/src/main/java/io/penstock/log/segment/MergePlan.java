// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import java.util.List;
import java.util.Optional;

/// Decides which neighbouring parts of a partition become one. Pure.
///
/// Parts are in classes by size, each eight times the one before; eight neighbours of a class, with whatever
/// smaller lies among them, become one of the next. So a byte is rewritten once per class that it passes,
/// and a partition has at most about eight parts of each class. From [SegmentWriter#OWN_SEGMENT_BYTES] on a
/// part is left alone: a reader gets it by a few large requests.
public final class MergePlan {
    static final int NEIGHBOURS = 8;
    private static final int SMALLEST_CLASS_BYTES = 4 << 10;
    private static final int CLASSES = 5;

    private MergePlan() {}

    /// Neighbouring parts that are to become one.
    public record Run(TopicPartitionId partition, List<Part> parts) {
        public Run {
            parts = List.copyOf(parts);
        }

        /// Of all its batches.
        public long bytes() {
            return parts.stream().mapToLong(Part::size).sum();
        }
    }

    /// @param parts all parts of the partition that its manifest lists, in offset order
    /// @param spanMillis how much time one part may span: what is merged grows old together
    /// @return the run to merge first; empty if the partition is in order
    public static Optional<Run> of(TopicPartitionId partition, List<Part> parts, long spanMillis) {
        if (parts.size() < NEIGHBOURS) {
            return Optional.empty();
        }
        long limit = SMALLEST_CLASS_BYTES;
        for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
            long enough = sizeClass == 0 ? 0 : limit;
            Optional<Run> run = ofClass(partition, parts, limit, enough, spanMillis);
            if (run.isPresent()) {
                return run;
            }
            limit *= NEIGHBOURS;
        }
        return Optional.empty();
    }

    /// @param limit parts below it take part
    /// @param enough what the result has to reach at least
    private static Optional<Run> ofClass(
            TopicPartitionId partition, List<Part> parts, long limit, long enough, long spanMillis) {
        int from = 0;
        while (from < parts.size()) {
            int to = from;
            long bytes = 0;
            while (to < parts.size()
                    && parts.get(to).size() < limit
                    && Math.abs(parts.get(to).maxTimestamp() - parts.get(from).maxTimestamp()) <= spanMillis
                    && bytes + parts.get(to).size() <= SegmentWriter.MAX_SEGMENT_BYTES - (1 << 20)) {
                bytes += parts.get(to).size();
                to++;
            }
            if ((to - from >= NEIGHBOURS && bytes >= enough)
                    || (to - from > 1 && bytes >= SegmentWriter.OWN_SEGMENT_BYTES)) {
                return Optional.of(new Run(partition, parts.subList(from, to)));
            }
            from = Math.max(to, from + 1);
        }
        return Optional.empty();
    }
}
