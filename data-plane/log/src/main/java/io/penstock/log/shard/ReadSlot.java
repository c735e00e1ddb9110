// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.read.TailSlot;
import java.util.List;

/// What a recovery has read of one slot: its footer.
record ReadSlot(TailSlot slot, List<BatchIndex> batches, List<ControlEntry> control) {
    ReadSlot {
        batches = List.copyOf(batches);
        control = List.copyOf(control);
    }
}
