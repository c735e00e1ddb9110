// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// A durable slot that batches of a tail lie in; its bytes may be in memory.
public final class TailSlot {
    private final WalSlot slot;
    private @Nullable ByteBuffer bytes;

    /// A slot whose bytes are only in the store.
    public TailSlot(WalSlot slot) {
        this.slot = slot;
    }

    TailSlot(WalSlot slot, ByteBuffer bytes) {
        this.slot = slot;
        this.bytes = bytes;
    }

    public WalSlot slot() {
        return slot;
    }

    public boolean inMemory() {
        return bytes != null;
    }

    /// A part of the object, shared; null if the bytes are not in memory.
    @Nullable
    ByteBuffer bytes(int position, int size) {
        ByteBuffer all = bytes;
        return all == null ? null : all.slice(position, size);
    }

    int sizeInMemory() {
        ByteBuffer all = bytes;
        return all == null ? 0 : all.remaining();
    }

    void forget() {
        bytes = null;
    }
}
