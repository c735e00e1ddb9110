// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.Arrays;

/// What the producer was told about one partition: for every record it sent (numbered 0, 1, … in order) the offset that
/// was acknowledged, if one was.
/// Thread-safe.
final class PartitionLedger {
    private static final long PENDING = -1;
    private static final long FAILED = -2;

    /// Small at first: a drill may have ten thousand of these.
    private long[] offsets = new long[16];
    private int sent;
    private int acknowledged;
    private int failed;

    /// @return the record's number
    synchronized int sending() {
        if (sent == offsets.length) {
            offsets = Arrays.copyOf(offsets, sent * 2);
        }
        offsets[sent] = PENDING;
        return sent++;
    }

    synchronized void acknowledged(int record, long offset) {
        offsets[record] = offset;
        acknowledged++;
    }

    /// The producer was told that it may not have been written.
    synchronized void failed(int record) {
        offsets[record] = FAILED;
        failed++;
    }

    synchronized int sent() {
        return sent;
    }

    synchronized int acknowledged() {
        return acknowledged;
    }

    synchronized int failed() {
        return failed;
    }

    /// Offset of every record, negative where none was acknowledged.
    synchronized long[] snapshot() {
        return Arrays.copyOf(offsets, sent);
    }
}
