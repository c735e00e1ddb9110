// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.Arrays;

/// What a reader found in one partition, in the order of offsets.
final class PartitionContent {
    private long[] offsets = new long[16];
    private int[] records = new int[16];
    private int size;
    private int damaged;

    void found(long offset, int record) {
        if (size == offsets.length) {
            offsets = Arrays.copyOf(offsets, size * 2);
            records = Arrays.copyOf(records, size * 2);
        }
        offsets[size] = offset;
        records[size] = record;
        size++;
    }

    /// A record whose bytes are not what any producer of this drill wrote.
    void foundDamaged() {
        damaged++;
    }

    int damaged() {
        return damaged;
    }

    int size() {
        return size;
    }

    long offset(int index) {
        return offsets[index];
    }

    int record(int index) {
        return records[index];
    }
}
