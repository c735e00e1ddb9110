// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import java.util.ArrayList;
import java.util.List;

/// Transactions that were aborted in a partition, in the order of their markers.
///
/// Whoever holds one finds in it what was known when it was given, however much is forgotten later: a read
/// that began
/// before a deletion skips what it has to skip.
public final class AbortedTransactions {
    public static final AbortedTransactions NONE = new AbortedTransactions(List.of());

    /// Only ever appended to.
    private final List<AbortedTransaction> byMarker;

    AbortedTransactions(List<AbortedTransaction> known) {
        byMarker = new ArrayList<>(known);
    }

    void add(AbortedTransaction transaction) {
        byMarker.add(transaction);
    }

    /// All of them.
    public List<AbortedTransaction> asList() {
        return List.copyOf(byMarker);
    }

    boolean isEmpty() {
        return byMarker.isEmpty();
    }

    /// Those that concern a read of `[from, to)`. Costs a binary search and the result.
    public List<AbortedTransaction> in(long from, long to) {
        List<AbortedTransaction> found = new ArrayList<>();
        for (int i = firstEndingAtOrAfter(from); i < byMarker.size(); i++) {
            AbortedTransaction transaction = byMarker.get(i);
            if (transaction.firstOffset() < to) {
                found.add(transaction);
            }
            if (transaction.lastStableOffset() >= to) {
                break; // whatever ended later began at or above it
            }
        }
        return found;
    }

    /// What is left when nothing below the offset is ever read again.
    AbortedTransactions endingAtOrAfter(long offset) {
        int first = firstEndingAtOrAfter(offset);
        return first == 0 ? this : new AbortedTransactions(byMarker.subList(first, byMarker.size()));
    }

    private int firstEndingAtOrAfter(long offset) {
        int low = 0;
        int high = byMarker.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (byMarker.get(middle).lastOffset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
