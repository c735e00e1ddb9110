// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotCodec.FooterRead;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Reads any WAL: footers in parallel for recovery, whole slots for consolidation, parts of slots for fetches.
///
/// Recovery and consolidation wait for a store in trouble; fetches do not. Futures complete on the actor, never
/// exceptionally.
public final class WalReader {
    /// One request finds a small object whole, and the footer of most large ones.
    private static final int PIECE = 64 << 10;

    private static final int ATTEMPTS_FOR_FETCHES = 3;

    private final PatientStore store;
    private final LogKeys keys;
    private final int parallelism;

    /// @param parallelism how many slots are asked for at once: 32 read a tail of 256 slots in eight round trips
    public WalReader(PatientStore store, LogKeys keys, int parallelism) {
        this.store = store;
        this.keys = keys;
        this.parallelism = parallelism;
    }

    public WalReader(PatientStore store, LogKeys keys) {
        this(store, keys, 32);
    }

    /// Reads the footers of slots `from` to `to − 1` of a generation.
    ///
    /// @return one per slot, in order
    public CompletableFuture<List<SlotFooter>> footers(Incarnation incarnation, int generation, long from, long to) {
        return Parallel.each(from, to, parallelism, slot -> footer(new WalSlot(incarnation, generation, slot)));
    }

    /// Reads one slot's footer.
    public CompletableFuture<SlotFooter> footer(WalSlot slot) {
        return store.get(keys.slot(slot), new ByteRange(0, PIECE)).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return CompletableFuture.completedFuture(new SlotFooter.MissingSlot(slot));
            }
            GetOutcome.Found beginning = answer.get();
            store.metrics().footerRead(beginning.bytes().remaining());
            if (SlotCodec.isSeal(beginning.bytes())) {
                return seal(slot, beginning);
            }
            return beginning.objectSize() <= PIECE
                    ? CompletableFuture.completedFuture(footer(slot, beginning).orElseGet(() -> cutOff(slot)))
                    : footerFrom(slot, beginning.objectSize() - PIECE, beginning.objectSize());
        });
    }

    private CompletableFuture<SlotFooter> footerFrom(WalSlot slot, long position, long size) {
        return store.get(keys.slot(slot), new ByteRange(position, size - position))
                .thenCompose(answer -> {
                    if (answer.isEmpty()) {
                        return CompletableFuture.completedFuture(new SlotFooter.MissingSlot(slot));
                    }
                    store.metrics().footerRead(answer.get().bytes().remaining());
                    try {
                        return switch (SlotCodec.footer(slot, answer.get().bytes(), size)) {
                            case FooterRead.Footer footer -> CompletableFuture.completedFuture(rows(slot, footer));
                            case FooterRead.BeginsAt(long earlier) -> footerFrom(slot, earlier, size);
                        };
                    } catch (CorruptObject e) {
                        return CompletableFuture.completedFuture(damaged(slot, e));
                    }
                });
    }

    private CompletableFuture<SlotFooter> seal(WalSlot slot, GetOutcome.Found beginning) {
        if (beginning.objectSize() <= PIECE) {
            return CompletableFuture.completedFuture(sealIn(slot, beginning.bytes()));
        }
        return store.get(keys.slot(slot))
                .thenApply(whole -> whole.<SlotFooter>map(found -> sealIn(slot, found.bytes()))
                        .orElseGet(() -> new SlotFooter.MissingSlot(slot)));
    }

    private static SlotFooter sealIn(WalSlot slot, ByteBuffer bytes) {
        try {
            return new SlotFooter.SealThere(Seal.decode(slot, bytes));
        } catch (CorruptObject e) {
            return damaged(slot, e);
        }
    }

    private static Optional<SlotFooter> footer(WalSlot slot, GetOutcome.Found whole) {
        try {
            return switch (SlotCodec.footer(slot, whole.bytes(), whole.objectSize())) {
                case FooterRead.Footer footer -> Optional.of(rows(slot, footer));
                case FooterRead.BeginsAt _ -> Optional.empty();
            };
        } catch (CorruptObject e) {
            return Optional.of(damaged(slot, e));
        }
    }

    private static SlotFooter rows(WalSlot slot, FooterRead.Footer footer) {
        return new SlotFooter.Rows(slot, footer.batches(), footer.control(), footer.objectSize());
    }

    private static SlotFooter damaged(WalSlot slot, CorruptObject damage) {
        return new SlotFooter.DamagedSlot(slot, String.valueOf(damage.getMessage()));
    }

    private static SlotFooter cutOff(WalSlot slot) {
        return new SlotFooter.DamagedSlot(slot, "the store gave less than the whole object");
    }

    /// Reads and checks a whole slot.
    public CompletableFuture<SlotRead> slot(WalSlot slot) {
        return store.get(keys.slot(slot)).thenApply(answer -> {
            if (answer.isEmpty()) {
                return new SlotRead.Missing(slot);
            }
            try {
                return new SlotRead.Found(SlotCodec.decode(slot, answer.get().bytes()));
            } catch (CorruptObject e) {
                return new SlotRead.Damaged(slot, String.valueOf(e.getMessage()));
            }
        });
    }

    /// Reads a part of a slot for a client that waits: a few attempts, then `Unavailable`. Checks no checksum of ours;
    /// batches have their own.
    public CompletableFuture<BytesRead> bytes(WalSlot slot, int position, int size) {
        ObjectKey key = keys.slot(slot);
        return store.tryGet(key, new ByteRange(position, size), ATTEMPTS_FOR_FETCHES)
                .thenApply(outcome -> switch (outcome) {
                    case GetOutcome.Found found ->
                        found.bytes().remaining() == size
                                ? new BytesRead.Found(found.bytes())
                                : new BytesRead.Damaged(slot + " has no " + size + " bytes at " + position);
                    case GetOutcome.Absent _ -> new BytesRead.Missing();
                    case GetOutcome.Failed(Throwable cause) -> new BytesRead.Unavailable(String.valueOf(cause));
                });
    }
}
