// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotCodec.FooterRead;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/// Reads any WAL: footers for recovery, whole slots for consolidation, parts of slots for fetches.
///
/// Recovery and consolidation wait for a store in trouble; fetches do not. Futures complete on the actor, never
/// exceptionally.
public final class WalReader {
    /// The last bytes of an object hold the footer of most; small objects whole.
    private static final int PIECE = 64 << 10;

    private static final int ATTEMPTS_FOR_FETCHES = 3;

    private final PatientStore store;
    private final LogKeys keys;

    public WalReader(PatientStore store, LogKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /// Reads one slot's footer: one request, if the footer is not a very large one.
    public CompletableFuture<SlotFooter> footer(WalSlot slot) {
        return store.get(keys.slot(slot), ByteRange.last(PIECE)).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return CompletableFuture.completedFuture(new SlotFooter.MissingSlot(slot));
            }
            GetOutcome.Found end = answer.get();
            boolean whole = end.objectSize() <= PIECE;
            return whole && SlotCodec.isSeal(end.bytes())
                    ? CompletableFuture.completedFuture(sealIn(slot, end.bytes()))
                    : footerIn(slot, end);
        });
    }

    private CompletableFuture<SlotFooter> footerIn(WalSlot slot, GetOutcome.Found end) {
        store.metrics().footerRead(end.bytes().remaining());
        long size = end.objectSize();
        try {
            return switch (SlotCodec.footer(slot, end.bytes(), size)) {
                case FooterRead.Footer footer -> CompletableFuture.completedFuture(rows(footer));
                case FooterRead.BeginsAt(long position) -> footerFrom(slot, position, size);
            };
        } catch (CorruptObject notAWalObject) {
            return size <= PIECE
                    ? CompletableFuture.completedFuture(damaged(slot, notAWalObject))
                    : largeSeal(slot, notAWalObject);
        }
    }

    private CompletableFuture<SlotFooter> footerFrom(WalSlot slot, long position, long size) {
        return store.get(keys.slot(slot), new ByteRange(position, size - position))
                .thenCompose(answer -> answer.isEmpty()
                        ? CompletableFuture.completedFuture(new SlotFooter.MissingSlot(slot))
                        : footerIn(slot, answer.get()));
    }

    private CompletableFuture<SlotFooter> largeSeal(WalSlot slot, CorruptObject notAWalObject) {
        return store.get(keys.slot(slot)).thenApply(whole -> {
            if (whole.isEmpty()) {
                return new SlotFooter.MissingSlot(slot);
            }
            ByteBuffer bytes = whole.get().bytes();
            return SlotCodec.isSeal(bytes) ? sealIn(slot, bytes) : damaged(slot, notAWalObject);
        });
    }

    private static SlotFooter sealIn(WalSlot slot, ByteBuffer bytes) {
        try {
            return new SlotFooter.SealThere(Seal.decode(slot, bytes));
        } catch (CorruptObject e) {
            return damaged(slot, e);
        }
    }

    private static SlotFooter rows(FooterRead.Footer footer) {
        return new SlotFooter.Rows(footer.header(), footer.batches(), footer.control(), footer.objectSize());
    }

    private static SlotFooter damaged(WalSlot slot, CorruptObject damage) {
        return new SlotFooter.DamagedSlot(slot, String.valueOf(damage.getMessage()));
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
