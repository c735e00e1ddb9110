// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.List;

/// A slot that the frontier has passed.
///
/// @param wholeObject its bytes, read-only, shared: a batch is its index's position and size in it
public record DurableSlot(WalSlot slot, List<BatchIndex> batches, List<ControlEntry> control, ByteBuffer wholeObject) {
    public DurableSlot {
        batches = List.copyOf(batches);
        control = List.copyOf(control);
    }

    /// One of its batches, read-only, shared.
    public ByteBuffer bytes(BatchIndex batch) {
        return wholeObject.slice(batch.position(), batch.size());
    }
}
