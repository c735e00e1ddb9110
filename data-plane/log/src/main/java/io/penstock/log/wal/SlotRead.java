// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.SlotContent;
import io.penstock.objectstore.layout.WalSlot;

/// What reading a whole slot found.
public sealed interface SlotRead {
    record Found(SlotContent content) implements SlotRead {}

    /// Nothing is there: collected, or never written, or lost. The reader decides (R11).
    record Missing(WalSlot slot) implements SlotRead {}

    /// Something is there that cannot be read.
    record Damaged(WalSlot slot, String detail) implements SlotRead {}
}
