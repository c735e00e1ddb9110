// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.read.TailSlot;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.SharedFooters;
import io.penstock.log.wal.SlotFooter;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Reads the footers of closed tails, from where the manifest stands (or the floor, if it is higher) to their ends.
///
/// Shards that fall to us together were written to the same slots: each slot is read once, as long as anybody
/// reads. A
/// slot that is missing at or above the floor is corruption (R11). On the actor.
final class TailReader {
    private final SharedFooters footers;
    private final Floors floors;
    private final Map<WalSlot, TailSlot> slots = new HashMap<>();
    private int readers;

    TailReader(SharedFooters footers, Floors floors) {
        this.footers = footers;
        this.floors = floors;
    }

    /// @return the slots of all tails; completes exceptionally with [io.penstock.log.format.CorruptObject]
    CompletableFuture<List<ReadSlot>> read(List<Tail> tails) {
        List<CompletableFuture<List<ReadSlot>>> all = new ArrayList<>();
        readers++;
        for (Tail tail : tails) {
            if (tail.unread()) {
                all.add(floors.read(tail.incarnation(), tail.generation())
                        .thenCompose(floor -> readFrom(tail, Math.max(tail.position(), floor))));
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenApply(_ -> all.stream().flatMap(one -> one.join().stream()).toList())
                .whenComplete((_, _) -> {
                    readers--;
                    if (readers == 0) {
                        slots.clear();
                    }
                });
    }

    private CompletableFuture<List<ReadSlot>> readFrom(Tail tail, long from) {
        return footers.footers(
                        tail.incarnation(), tail.generation(), from, tail.end().orElse(0))
                .thenCompose(found -> {
                    List<ReadSlot> read = new ArrayList<>(found.size());
                    for (SlotFooter footer : found) {
                        switch (footer) {
                            case SlotFooter.Rows rows ->
                                read.add(new ReadSlot(
                                        slots.computeIfAbsent(rows.slot(), TailSlot::new),
                                        rows.batches(),
                                        rows.control()));
                            case SlotFooter.DamagedSlot(WalSlot slot, String detail) ->
                                throw new CorruptObject(slot.toString(), detail);
                            // A seal below the end of its generation fell on a collected slot; it, too, is below the
                            // floor.
                            case SlotFooter.MissingSlot _, SlotFooter.SealThere _ -> {
                                return afterCollection(tail, footer.slot());
                            }
                        }
                    }
                    return CompletableFuture.completedFuture(read);
                });
    }

    /// The slot was collected while we read, or it is lost: the floor, read again, tells.
    private CompletableFuture<List<ReadSlot>> afterCollection(Tail tail, WalSlot missing) {
        return floors.read(tail.incarnation(), tail.generation()).thenCompose(floor -> {
            if (floor <= missing.slot()) {
                throw new CorruptObject(
                        missing.toString(), "is missing, though the floor is " + floor + ": nothing may skip it");
            }
            return readFrom(tail, Math.max(tail.position(), floor));
        });
    }
}
