// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import java.util.List;
import java.util.Optional;

/// Where a partition's durable batches are: segments first, then the tail. The two may overlap.
public final class PartitionSources {
    private final TailIndex tail = new TailIndex();
    private List<PageRef> pages = List.of();
    private List<Part> segments = List.of();
    private long foldedBelow;

    public TailIndex tail() {
        return tail;
    }

    /// Where the oldest parts are listed, in offset order, before all of [#segments()].
    public List<PageRef> pages() {
        return pages;
    }

    public List<Part> segments() {
        return segments;
    }

    /// Offsets below it are in segments.
    public long foldedBelow() {
        return foldedBelow;
    }

    /// The manifest has these pages and segments now.
    public void folded(List<PageRef> allPages, List<Part> all, long below) {
        pages = allPages;
        segments = all;
        foldedBelow = below;
        tail.trim(below);
    }

    /// As it is now, for somebody else's thread: both go their own ways from here.
    PartitionSources copy() {
        PartitionSources copy = new PartitionSources();
        copy.pages = pages;
        copy.segments = segments;
        copy.foldedBelow = foldedBelow;
        tail.copyTo(copy.tail);
        return copy;
    }

    /// Slots leave memory at any time, and the store some time after they are folded: whoever is about to
    /// read lets go of those first.
    void forgetEvicted() {
        tail.trim(foldedBelow);
    }

    /// The page whose parts hold the offset, or the next one; empty if no page does.
    Optional<PageRef> findPage(long offset) {
        return pages.stream().filter(page -> page.lastOffset() >= offset).findFirst();
    }

    /// Number of the segment that holds the offset, or of the next one; their count if there is none.
    int findSegment(long offset) {
        return find(segments, offset);
    }

    /// Number of the part that holds the offset, or of the next one; their count if there is none.
    static int find(List<Part> parts, long offset) {
        int low = 0;
        int high = parts.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (parts.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
