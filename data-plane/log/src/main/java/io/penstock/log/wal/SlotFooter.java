// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.Seal;
import io.penstock.log.format.WalHeader;
import io.penstock.objectstore.layout.WalSlot;
import java.util.List;

/// What reading a slot's footer found.
public sealed interface SlotFooter {
    WalSlot slot();

    /// A WAL object.
    ///
    /// @param objectSize of the whole object in bytes
    record Rows(WalHeader header, List<BatchIndex> batches, List<ControlEntry> control, long objectSize)
            implements SlotFooter {
        public Rows {
            batches = List.copyOf(batches);
            control = List.copyOf(control);
        }

        @Override
        public WalSlot slot() {
            return header.slot();
        }
    }

    /// A seal. Whether it is valid only the floor, read after it, tells (R4).
    record SealThere(Seal seal) implements SlotFooter {
        @Override
        public WalSlot slot() {
            return seal.slot();
        }
    }

    /// Nothing is there: collected, or never written, or lost. The reader decides (R11).
    record MissingSlot(WalSlot slot) implements SlotFooter {}

    /// Something is there that cannot be read.
    record DamagedSlot(WalSlot slot, String detail) implements SlotFooter {}
}
