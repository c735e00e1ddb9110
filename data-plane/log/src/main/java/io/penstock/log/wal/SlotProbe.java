// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.WalHeader;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.WalSlot;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Looks into slots without reading the batches in them.
final class SlotProbe {
    /// Holds any header, and any seal with up to some hundred shards.
    private static final long BEGINNING = 4096;

    private final PatientStore store;
    private final LogKeys keys;

    SlotProbe(PatientStore store, LogKeys keys) {
        this.store = store;
        this.keys = keys;
    }

    /// Asks the store after the call; until it answers.
    CompletableFuture<Occupant> look(WalSlot slot) {
        ObjectKey key = keys.slot(slot);
        return store.get(key, new ByteRange(0, BEGINNING)).thenCompose(answer -> {
            if (answer.isEmpty()) {
                return CompletableFuture.completedFuture(new Occupant.Nothing());
            }
            GetOutcome.Found found = answer.get();
            if (SlotCodec.isSeal(found.bytes())
                    && found.objectSize() > found.bytes().remaining()) {
                return store.get(key).thenApply(whole -> occupant(slot, whole));
            }
            return CompletableFuture.completedFuture(occupant(slot, answer));
        });
    }

    static Occupant occupant(WalSlot slot, Optional<GetOutcome.Found> answer) {
        if (answer.isEmpty()) {
            return new Occupant.Nothing();
        }
        GetOutcome.Found found = answer.get();
        try {
            return SlotCodec.isSeal(found.bytes())
                    ? new Occupant.SealThere(Seal.decode(slot, found.bytes()))
                    : new Occupant.Data(WalHeader.decode(slot, found.bytes()));
        } catch (CorruptObject e) {
            return new Occupant.Damage(String.valueOf(e.getMessage()));
        }
    }
}
