// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.SegmentLayout;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;

/// Where offsets and timestamps are in one partition's part of a segment: a row for about every 32 KiB.
public final class SegmentIndex {
    private final List<SegmentLayout.IndexRow> rows;

    private SegmentIndex(List<SegmentLayout.IndexRow> rows) {
        this.rows = rows;
    }

    /// @throws CorruptObject if it is damaged
    public static SegmentIndex decode(String segment, ByteBuffer bytes) {
        List<SegmentLayout.IndexRow> rows = SegmentLayout.decodeIndex(segment, bytes);
        if (rows.isEmpty()) {
            throw new CorruptObject("segment " + segment, "an index without rows");
        }
        return new SegmentIndex(rows);
    }

    /// Position in the object from which the batch that holds the offset is found by walking.
    public int positionFor(long offset) {
        int low = 0;
        int high = rows.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (rows.get(middle).baseOffset() <= offset) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return rows.get(low).position();
    }

    /// Position from which the first batch with a timestamp at or after the one given is found by walking;
    /// empty
    /// if no
    /// batch has one.
    public OptionalInt positionForTimestamp(long timestamp) {
        for (SegmentLayout.IndexRow row : rows) {
            if (row.maxTimestamp() >= timestamp) {
                return OptionalInt.of(row.position());
            }
        }
        return OptionalInt.empty();
    }

    /// Position of the row after the one at the position given; empty if that is the last one.
    public OptionalInt positionAfter(int position) {
        for (SegmentLayout.IndexRow row : rows) {
            if (row.position() > position) {
                return OptionalInt.of(row.position());
            }
        }
        return OptionalInt.empty();
    }

    /// Largest timestamp of all batches from that row's position on.
    public OptionalLong largestTimestampFrom(int position) {
        return rows.stream()
                .filter(row -> row.position() >= position)
                .mapToLong(SegmentLayout.IndexRow::maxTimestamp)
                .max();
    }
}
