// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import java.time.Instant;
import java.util.List;

/// What a copy covers.
///
/// @param point everything that was acknowledged before it is in the copy
/// @param instant whether the whole copy stands for one instant: what it holds was caused by nothing that
///     it lacks. Otherwise every partition is without a gap up to its own end, and ends of different
///     partitions may be some milliseconds apart
/// @param metalogEntry the last one that is in the copy
/// @param partitions in the order of topic names
/// @param copied objects that were put
/// @param kept objects that an earlier, unfinished copy to the same place had put, read back and found whole
/// @param swept objects that such a copy had put and that are needed no more
/// @param bytes of the objects that were put
public record CopyReport(
        Instant point,
        boolean instant,
        int metalogEntry,
        List<PartitionPoint> partitions,
        long copied,
        long kept,
        long swept,
        long bytes) {
    public CopyReport {
        partitions = List.copyOf(partitions);
    }

    /// @param endOffset one beyond the last offset that is in the copy
    public record PartitionPoint(String topic, int partition, long logStartOffset, long endOffset) {}
}
