// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

/// A numbered place in a WAL: filled once, by a WAL object or by a seal.
///
/// @param incarnation whose WAL
/// @param generation 0, 1, … within the incarnation
/// @param slot 0, 1, 2, … within the generation
public record WalSlot(Incarnation incarnation, int generation, long slot) {
    public WalSlot {
        if (generation < 0 || slot < 0) {
            throw new IllegalArgumentException("not a slot: generation " + generation + ", slot " + slot);
        }
    }

    public WalSlot next() {
        return new WalSlot(incarnation, generation, slot + 1);
    }

    @Override
    public String toString() {
        return incarnation + "/" + generation + "/" + slot;
    }
}
