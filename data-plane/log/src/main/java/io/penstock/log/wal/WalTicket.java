// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.Durability;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.WalObjectBuilder;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A batch or a control entry on its way into the store. It keeps living when a seal makes the WAL go on in another
/// generation: then only its slot changes. Read on the actor.
public final class WalTicket {
    /// What a control entry counts for where pending bytes are bounded.
    private static final int CONTROL_WEIGHT = 256;

    sealed interface Entry {
        record Batch(BatchIndex index, WalObjectBuilder object) implements Entry {}

        record Control(ControlEntry entry) implements Entry {}
    }

    private final CompletableFuture<Durability> durability = new CompletableFuture<>();
    private Entry entry;
    private @Nullable WalSlot slot;

    WalTicket(Entry entry) {
        this.entry = entry;
    }

    /// Where it is; null until its slot is cut. Final once durable.
    public @Nullable WalSlot slot() {
        return slot;
    }

    /// Completes on the actor when the outcome is known (R3); never exceptionally. `UNDECIDED` only when the WAL is
    /// closed, or damage stops it.
    public CompletableFuture<Durability> durability() {
        return durability;
    }

    /// The batch with its offsets in place, read-only, shared; empty for a control entry.
    public ByteBuffer bytes() {
        return switch (entry) {
            case Entry.Batch(BatchIndex index, WalObjectBuilder object) -> object.bytes(index);
            case Entry.Control _ -> ByteBuffer.allocate(0);
        };
    }

    Entry entry() {
        return entry;
    }

    ShardId shard() {
        return switch (entry) {
            case Entry.Batch batch -> batch.index().shard();
            case Entry.Control control -> control.entry().shard();
        };
    }

    LeaderEpoch epoch() {
        return switch (entry) {
            case Entry.Batch batch -> batch.index().epoch();
            case Entry.Control control -> control.entry().epoch();
        };
    }

    int weight() {
        return switch (entry) {
            case Entry.Batch batch -> batch.index().size();
            case Entry.Control _ -> CONTROL_WEIGHT;
        };
    }

    void placed(Entry elsewhere) {
        entry = elsewhere;
        slot = null;
    }

    void cut(WalSlot where) {
        slot = where;
    }

    void complete(Durability outcome) {
        durability.complete(outcome);
    }
}
