// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.ShardManifest.Part;
import java.util.List;

/// Where a partition's durable batches are: segments first, then the tail. The two may overlap.
public final class PartitionSources {
    private final TailIndex tail = new TailIndex();
    private List<Part> segments = List.of();
    private long foldedBelow;

    public TailIndex tail() {
        return tail;
    }

    public List<Part> segments() {
        return segments;
    }

    /// Offsets below it are in segments.
    public long foldedBelow() {
        return foldedBelow;
    }

    /// The manifest has these segments now.
    public void folded(List<Part> all, long below) {
        segments = List.copyOf(all);
        foldedBelow = below;
        tail.trim(below);
    }

    /// Slots leave memory at any time, and the store some time after they are folded: whoever is about to read lets go
    /// of those first.
    void forgetEvicted() {
        tail.trim(foldedBelow);
    }

    /// Number of the segment that holds the offset, or of the next one; their count if there is none.
    int findSegment(long offset) {
        int low = 0;
        int high = segments.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (segments.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
