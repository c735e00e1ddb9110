// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import java.util.ArrayList;
import java.util.List;

/// The batches of one partition that lie in WAL slots, in offset order and without gaps.
///
/// Batches that segments hold as well stay as long as their slots are in memory.
public final class TailIndex {
    private List<TailBatch> batches = new ArrayList<>(0);
    private int first;

    /// @throws IllegalStateException if the batch does not follow the last one
    public void add(TailBatch batch) {
        if (!isEmpty()
                && get(size() - 1).index().lastOffset() + 1 != batch.index().baseOffset()) {
            throw new IllegalStateException("batch at " + batch.index().baseOffset() + " does not follow "
                    + get(size() - 1).index().lastOffset());
        }
        batches.add(batch);
    }

    /// Adds a batch wherever it belongs, gaps or not: only for tests that switch rules off, and must see what
    /// comes of it.
    public void insert(TailBatch batch) {
        int at = batches.size();
        while (at > first
                && batches.get(at - 1).index().baseOffset() > batch.index().baseOffset()) {
            at--;
        }
        batches.add(at, batch);
    }

    void copyTo(TailIndex other) {
        other.batches = new ArrayList<>(batches.subList(first, batches.size()));
        other.first = 0;
    }

    public boolean isEmpty() {
        return first == batches.size();
    }

    public int size() {
        return batches.size() - first;
    }

    public TailBatch get(int number) {
        return batches.get(first + number);
    }

    /// Lowest offset in it; `Long.MAX_VALUE` if it is empty.
    public long startOffset() {
        return isEmpty() ? Long.MAX_VALUE : get(0).index().baseOffset();
    }

    /// Number of the first batch whose last offset is at or above the offset; [#size()] if there is none.
    public int find(long offset) {
        int low = 0;
        int high = size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (get(middle).index().lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /// Forgets batches that segments hold and whose slots are not in memory.
    ///
    /// @param foldedBelow offsets below it are in segments
    public void trim(long foldedBelow) {
        while (!isEmpty()
                && get(0).index().lastOffset() < foldedBelow
                && !get(0).slot().inMemory()) {
            first++;
        }
        if (isEmpty()) {
            batches = new ArrayList<>(0);
            first = 0;
        } else if (first > 64 && first > batches.size() / 2) {
            batches = new ArrayList<>(batches.subList(first, batches.size()));
            first = 0;
        }
    }

    /// Whether nothing in it is missing in segments.
    public boolean foldedWhole(long foldedBelow) {
        return isEmpty() || get(size() - 1).index().lastOffset() < foldedBelow;
    }
}
