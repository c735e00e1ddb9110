// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/// What one partition durably holds: a payload per offset, from 0 on without holes.
final class PartitionTruth {
    static final long NOTHING = -1;

    private long[] payloads = new long[64];
    private int end;
    private final Map<Integer, Integer> lastOfProducer = new HashMap<>();
    private long acknowledgedEnd;
    private long toldEnd;

    long end() {
        return end;
    }

    long payloadAt(long offset) {
        return offset >= 0 && offset < end ? payloads[(int) offset] : NOTHING;
    }

    void append(long payload) {
        if (end == payloads.length) {
            payloads = Arrays.copyOf(payloads, end * 2);
        }
        payloads[end++] = payload;
    }

    /// Number of the last record of that producer, −1 if there is none.
    int lastOf(int producer) {
        return lastOfProducer.getOrDefault(producer, -1);
    }

    void lastOf(int producer, int number) {
        lastOfProducer.put(producer, number);
    }

    long acknowledgedEnd() {
        return acknowledgedEnd;
    }

    long toldEnd() {
        return toldEnd;
    }

    void toldUpTo(long end) {
        toldEnd = Math.max(toldEnd, end);
    }

    void acknowledgedUpTo(long offset) {
        acknowledgedEnd = Math.max(acknowledgedEnd, offset + 1);
    }
}
