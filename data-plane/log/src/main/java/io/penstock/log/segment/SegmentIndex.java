// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.segment;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.SegmentLayout;
import java.nio.ByteBuffer;
import java.util.List;

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

    /// Position from which the first batch with a timestamp at or after the one given is found by walking; empty
    /// if no
    /// batch has one.
    public java.util.OptionalInt positionForTimestamp(long timestamp) {
        for (SegmentLayout.IndexRow row : rows) {
            if (row.maxTimestamp() >= timestamp) {
                return java.util.OptionalInt.of(row.position());
            }
        }
        return java.util.OptionalInt.empty();
    }
}
