// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.Seal;
import io.penstock.objectstore.layout.WalSlot;
import java.util.List;

/// What became of ending a WAL.
public sealed interface SealOutcome {
    /// The demand is met, for ever.
    ///
    /// @param generations every generation from the first asked for to the one whose seal met the demand, in order
    record SealedEnd(List<GenerationEnd> generations) implements SealOutcome {
        public SealedEnd {
            generations = List.copyOf(generations);
        }

        /// The seal that met the demand (or its last part).
        public Seal last() {
            return generations.getLast().seal();
        }
    }

    /// A slot holds what can be read neither as data nor as a seal: corruption, of which people must know (R11).
    record Damaged(WalSlot slot, String detail) implements SealOutcome {}

    /// Where one generation ends.
    ///
    /// @param floor as read after the seal was seen durable, so not above it
    /// @param seal valid: its slot is one beyond the last slot that exists
    record GenerationEnd(int generation, long floor, Seal seal) {}
}
