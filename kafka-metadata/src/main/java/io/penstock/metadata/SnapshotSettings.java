// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

/// When a metalog gets a new snapshot: whichever comes first.
///
/// @param entries how many follow the newest one
/// @param bytes how many of them follow it, as far as this process knows
public record SnapshotSettings(int entries, long bytes) {
    public SnapshotSettings {
        if (entries < 1 || bytes < 1) {
            throw new IllegalArgumentException("a snapshot at every step is too often: " + entries + ", " + bytes);
        }
    }

    public static SnapshotSettings defaults() {
        // Sixteen rounds of reading ahead: well under a second on a store that answers in 30 ms.
        return new SnapshotSettings(256, 4 << 20);
    }
}
