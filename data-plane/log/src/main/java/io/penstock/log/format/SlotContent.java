// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.util.List;

/// What stands in a slot.
public sealed interface SlotContent {
    WalSlot slot();

    /// Batches and control entries.
    ///
    /// @param object all its bytes, read-only
    record WalData(WalHeader header, List<BatchIndex> batches, List<ControlEntry> control, ByteBuffer object)
            implements SlotContent {
        public WalData {
            batches = List.copyOf(batches);
            control = List.copyOf(control);
            object = object.slice().asReadOnlyBuffer();
        }

        @Override
        public WalSlot slot() {
            return header.slot();
        }

        /// The bytes of one of its batches, read-only, shared.
        public ByteBuffer bytes(BatchIndex batch) {
            return object.slice(batch.position(), batch.size());
        }
    }

    /// The end of its generation.
    record SealContent(Seal seal) implements SlotContent {
        @Override
        public WalSlot slot() {
            return seal.slot();
        }
    }
}
