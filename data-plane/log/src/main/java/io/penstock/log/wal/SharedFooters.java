// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.WalSlot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Footers that are remembered as long as somebody is recovering: who seals a WAL, and every shard that falls to us
/// with it, reads each of its slots once. Written slots never change; what was not there is asked for again.
///
/// On the actor.
public final class SharedFooters {
    private final WalReader reader;
    private final Map<WalSlot, CompletableFuture<SlotFooter>> footers = new HashMap<>();
    private final int parallelism;
    private int users;

    /// @param parallelism how many footers of one tail are asked for at once
    public SharedFooters(WalReader reader, int parallelism) {
        this.reader = reader;
        this.parallelism = parallelism;
    }

    /// From now on footers are remembered.
    public void acquire() {
        users++;
    }

    /// One [#acquire()] is over; with the last one everything is forgotten.
    public void release() {
        users--;
        if (users == 0) {
            footers.clear();
        }
    }

    /// As [WalReader#footer]. That a slot has no data is answered only by a request made after the call: it may have
    /// been written since an earlier one.
    public CompletableFuture<SlotFooter> footer(WalSlot slot) {
        CompletableFuture<SlotFooter> known = footers.get(slot);
        return known == null
                ? ask(slot)
                : known.thenCompose(found ->
                        found instanceof SlotFooter.Rows ? CompletableFuture.completedFuture(found) : ask(slot));
    }

    /// Footers of slots `from` to `to − 1` of a generation, in order.
    public CompletableFuture<List<SlotFooter>> footers(Incarnation incarnation, int generation, long from, long to) {
        return Parallel.each(from, to, parallelism, slot -> footer(new WalSlot(incarnation, generation, slot)));
    }

    private CompletableFuture<SlotFooter> ask(WalSlot slot) {
        CompletableFuture<SlotFooter> asked = reader.footer(slot);
        if (users > 0) {
            footers.put(slot, asked);
        }
        return asked;
    }
}
