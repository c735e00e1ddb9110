// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.read.TailSlot;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.SlotFooter;
import io.penstock.log.wal.WalReader;
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
    private final WalReader reader;
    private final Floors floors;
    private final int parallelism;
    private final Map<WalSlot, CompletableFuture<SlotFooter>> footers = new HashMap<>();
    private final Map<WalSlot, TailSlot> slots = new HashMap<>();
    private int readers;

    /// @param parallelism how many footers of one tail are asked for at once
    TailReader(WalReader reader, Floors floors, int parallelism) {
        this.reader = reader;
        this.floors = floors;
        this.parallelism = parallelism;
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
                        footers.clear();
                        slots.clear();
                    }
                });
    }

    private CompletableFuture<List<ReadSlot>> readFrom(Tail tail, long from) {
        Window window = new Window(tail, from, tail.end().orElse(0));
        for (int i = 0; i < parallelism && from + i < window.end; i++) {
            window.next();
        }
        if (from >= window.end) {
            window.done.complete(List.of());
        }
        return window.done.thenCompose(found -> {
            List<ReadSlot> read = new ArrayList<>(found.size());
            for (SlotFooter footer : found) {
                switch (footer) {
                    case SlotFooter.Rows rows ->
                        read.add(new ReadSlot(
                                slots.computeIfAbsent(rows.slot(), TailSlot::new), rows.batches(), rows.control()));
                    case SlotFooter.DamagedSlot(WalSlot slot, String detail) ->
                        throw new CorruptObject(slot.toString(), detail);
                    // A seal below the end of its generation fell on a collected slot; it, too, is below the floor.
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

    private final class Window {
        final CompletableFuture<List<SlotFooter>> done = new CompletableFuture<>();
        final Tail tail;
        final long from;
        final long end;
        final List<CompletableFuture<SlotFooter>> asked = new ArrayList<>();
        private long answered;

        Window(Tail tail, long from, long end) {
            this.tail = tail;
            this.from = from;
            this.end = end;
        }

        void next() {
            long slot = from + asked.size();
            if (slot >= end) {
                return;
            }
            CompletableFuture<SlotFooter> answer = footer(new WalSlot(tail.incarnation(), tail.generation(), slot));
            asked.add(answer);
            answer.thenRun(() -> {
                answered++;
                if (answered == end - from) {
                    done.complete(asked.stream().map(CompletableFuture::join).toList());
                } else {
                    next();
                }
            });
        }
    }

    private CompletableFuture<SlotFooter> footer(WalSlot slot) {
        CompletableFuture<SlotFooter> known = footers.get(slot);
        if (known != null && !(known.isDone() && !(known.join() instanceof SlotFooter.Rows))) {
            return known;
        }
        CompletableFuture<SlotFooter> asked = reader.footer(slot);
        footers.put(slot, asked);
        return asked;
    }
}
