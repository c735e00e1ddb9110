// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.history;

import java.util.Arrays;
import java.util.BitSet;

/// One writer's records in one partition, by their numbers.
final class WriterLog {
    static final long NOWHERE = -1;

    private final BitSet acknowledged = new BitSet();
    private final BitSet refused = new BitSet();
    private final BitSet read = new BitSet();
    private long[] places = new long[64];
    private long[] acknowledgedAt = new long[64];
    private int sent;

    /// Records are sent in the order of their numbers.
    void sent(int record) {
        if (record != sent) {
            throw new IllegalArgumentException("record " + record + " is sent after " + (sent - 1));
        }
        if (sent == places.length) {
            places = Arrays.copyOf(places, sent * 2);
            acknowledgedAt = Arrays.copyOf(acknowledgedAt, sent * 2);
        }
        places[sent] = NOWHERE;
        acknowledgedAt[sent++] = NOWHERE;
    }

    void acknowledged(int record, long offset) {
        acknowledged.set(record);
        acknowledgedAt[record] = offset;
    }

    void refused(int record) {
        refused.set(record);
    }

    void read(int record) {
        read.set(record);
    }

    boolean readAlthoughRefused(int record) {
        return read.get(record) && refused.get(record);
    }

    boolean isAcknowledged(int record) {
        return acknowledged.get(record);
    }

    boolean wasSent(int record) {
        return record >= 0 && record < sent;
    }

    int sent() {
        return sent;
    }

    int acknowledged() {
        return acknowledged.cardinality();
    }

    /// The offset that its producer was told.
    long acknowledgedAt(int record) {
        return acknowledgedAt[record];
    }

    /// The first offset at which anybody was told of it.
    long place(int record) {
        return places[record];
    }

    void place(int record, long offset) {
        places[record] = offset;
    }
}
