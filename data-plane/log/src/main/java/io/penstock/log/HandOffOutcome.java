// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.WalSlot;

/// What became of handing a shard off (R9).
public sealed interface HandOffOutcome {
    /// HANDOFF is durable there; tell the heir.
    record HandedOff(WalSlot where) implements HandOffOutcome {}

    /// A seal came first: the heir closes us by itself.
    record Fenced() implements HandOffOutcome {}
}
