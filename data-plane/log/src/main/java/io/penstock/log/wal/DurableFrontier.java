// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import java.util.HashSet;
import java.util.Set;

/// Tells how far one generation of a WAL is durable.
///
/// Slots become known in any order; the frontier passes a slot only when everything below it is passed, and stops for
/// ever at a seal. Pure: no clock, no threads, no store. [Wal] feeds it and acts on its answers.
final class DurableFrontier {
    private final Set<Long> storedAhead = new HashSet<>();
    private final Set<Long> sealedAhead = new HashSet<>();
    private long next;
    private boolean ended;

    /// What a piece of news moved.
    ///
    /// @param from first slot that was passed
    /// @param to one beyond the last slot that was passed; equal to `from` if none was
    /// @param atSeal whether the frontier now stands at a seal: `to` is the end of the generation
    record Advance(long from, long to, boolean atSeal) {}

    /// The lowest slot that is not passed.
    long next() {
        return next;
    }

    /// Highest slot with nothing missing at or below it; −1 before the first.
    long passed() {
        return next - 1;
    }

    boolean ended() {
        return ended;
    }

    /// The slot holds our data. Repeated news change nothing.
    Advance stored(long slot) {
        requireOpen();
        if (sealedAhead.contains(slot)) {
            throw new IllegalStateException("slot " + slot + " was a seal, and cannot be data");
        }
        if (slot >= next) {
            storedAhead.add(slot);
        }
        return advance();
    }

    /// The slot holds a valid seal.
    Advance sealed(long slot) {
        requireOpen();
        if (slot < next || storedAhead.contains(slot)) {
            throw new IllegalStateException("slot " + slot + " was data, and cannot be a seal");
        }
        sealedAhead.add(slot);
        return advance();
    }

    private Advance advance() {
        long from = next;
        while (storedAhead.remove(next)) {
            next++;
        }
        ended = sealedAhead.contains(next);
        return new Advance(from, next, ended);
    }

    private void requireOpen() {
        if (ended) {
            throw new IllegalStateException("the generation ended at slot " + next);
        }
    }
}
