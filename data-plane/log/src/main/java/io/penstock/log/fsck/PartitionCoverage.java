// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.layout.LeaderEpoch;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where the offsets of one partition are: stretches of WALs, and what the manifest says of segments. Pure.
///
/// Batches of one epoch that follow each other are one stretch, so its size does not depend on the number of batches.
final class PartitionCoverage {
    private static final class Stretch {
        final LeaderEpoch epoch;
        final long from;
        long to;

        Stretch(BatchIndex row) {
            epoch = row.epoch();
            from = row.baseOffset();
            to = row.lastOffset() + 1;
        }
    }

    private final List<Stretch> stretches = new ArrayList<>();
    private long logStart;
    private long claimedEnd;
    private String claimedBy = "";
    private long endBelowFloor;
    private String slotBelowFloor = "";

    /// A durable batch. Those of one epoch come in the order in which they were written.
    void batch(BatchIndex row) {
        for (int i = stretches.size() - 1; i >= 0; i--) {
            Stretch known = stretches.get(i);
            if (known.epoch.equals(row.epoch()) && known.to == row.baseOffset()) {
                known.to = row.lastOffset() + 1;
                return;
            }
        }
        stretches.add(new Stretch(row));
    }

    /// A batch in a slot below the floor: segments must hold it.
    void belowFloor(BatchIndex row, String slot) {
        if (row.lastOffset() + 1 > endBelowFloor) {
            endBelowFloor = row.lastOffset() + 1;
            slotBelowFloor = slot;
        }
    }

    /// EPOCH_START or HANDOFF says that the partition reached this end.
    void reached(long end, String saidBy) {
        if (end > claimedEnd) {
            claimedEnd = end;
            claimedBy = saidBy;
        }
    }

    void logStart(long offset) {
        logStart = Math.max(logStart, offset);
    }

    /// @param folded what the manifest says; null if it does not know the partition
    /// @return one beyond the last offset that is there
    long judge(String name, ShardManifest.@Nullable Partition folded, Findings findings) {
        long foldedEnd = folded == null ? 0 : folded.endOffset();
        long start = Math.max(logStart, folded == null ? 0 : folded.logStartOffset());
        if (endBelowFloor > Math.max(foldedEnd, start)) {
            findings.add(
                    Damage.FLOOR_TOO_HIGH,
                    name,
                    "slot " + slotBelowFloor + " is below the floor and holds offsets up to " + (endBelowFloor - 1)
                            + ", of which segments hold only those below " + foldedEnd);
        }
        stretches.sort(Comparator.comparing((Stretch stretch) -> stretch.epoch).thenComparingLong(one -> one.from));
        long end = foldedEnd;
        for (Stretch stretch : stretches) {
            if (stretch.to <= foldedEnd) {
                continue;
            }
            long from = Math.max(stretch.from, foldedEnd);
            if (from > end && from > start) {
                findings.add(
                        Damage.OFFSETS_MISSING,
                        name,
                        "offsets " + Math.max(end, start) + " to " + (from - 1) + " are missing before leader epoch "
                                + stretch.epoch);
            } else if (from < end) {
                findings.add(
                        Damage.OFFSETS_REPEATED,
                        name,
                        "offsets " + from + " to " + (Math.min(end, stretch.to) - 1)
                                + " are there again at leader epoch " + stretch.epoch);
            }
            end = Math.max(end, stretch.to);
        }
        if (claimedEnd > Math.max(end, start)) {
            findings.add(
                    Damage.OFFSETS_MISSING,
                    name,
                    claimedBy + " says that it ends at " + claimedEnd + ", and it ends at " + end);
        }
        return end;
    }
}
