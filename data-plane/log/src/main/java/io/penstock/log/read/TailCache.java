// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/// Keeps the bytes of the most recent durable slots, up to a bound: consumers at the end of the log never reach the
/// store.
public final class TailCache {
    private final long maxBytes;
    private final ArrayDeque<TailSlot> slots = new ArrayDeque<>();
    private long bytes;

    public TailCache(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Takes a slot that has become durable; older ones leave.
    public TailSlot add(WalSlot slot, ByteBuffer object) {
        TailSlot added = new TailSlot(slot, object.slice().asReadOnlyBuffer());
        slots.addLast(added);
        bytes += added.sizeInMemory();
        while (bytes > maxBytes && slots.size() > 1) {
            TailSlot oldest = slots.removeFirst();
            bytes -= oldest.sizeInMemory();
            oldest.forget();
        }
        return added;
    }
}
