// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/// What one partition durably holds: a payload per offset, from 0 on without holes.
final class PartitionTruth {
    static final long NOTHING = -1;

    private long[] payloads = new long[64];
    private long[] timestamps = new long[64];
    private long[] durableSince = new long[64];
    private final Map<Integer, Long> lastOfKey = new HashMap<>();
    private final SortedMap<Integer, Long> endOfEpoch = new TreeMap<>();
    private int end;
    private final Map<Integer, Integer> lastOfProducer = new HashMap<>();
    private long acknowledgedEnd;
    private long toldEnd;
    private long logStart;
    private long toldStart;

    long end() {
        return end;
    }

    long payloadAt(long offset) {
        return offset >= 0 && offset < end ? payloads[(int) offset] : NOTHING;
    }

    /// @param nowMillis when it becomes durable
    void append(int epoch, long timestamp, long payload, long nowMillis) {
        if (end == payloads.length) {
            payloads = Arrays.copyOf(payloads, end * 2);
            timestamps = Arrays.copyOf(timestamps, end * 2);
            durableSince = Arrays.copyOf(durableSince, end * 2);
        }
        durableSince[end] = nowMillis;
        lastOfKey.put(Payload.key(payload), (long) end);
        timestamps[end] = timestamp;
        payloads[end++] = payload;
        endOfEpoch.put(epoch, (long) end);
    }

    /// Whether cleaning may have taken the record: its key came again, or it is a tombstone that is so old.
    boolean mayBeCleaned(long offset, long nowMillis, long tombstonesKeptMillis) {
        long payload = payloadAt(offset);
        return lastOfKey.getOrDefault(Payload.key(payload), 0L) > offset
                || (Payload.isTombstone(payload) && nowMillis - durableSince[(int) offset] >= tombstonesKeptMillis);
    }

    long timestampAt(long offset) {
        return offset >= 0 && offset < end ? timestamps[(int) offset] : NOTHING;
    }

    /// First offset from one bound up to another with a timestamp at or above the one given; the upper
    /// bound if there
    /// is none.
    long firstAtOrAfter(long timestamp, long from, long bound) {
        int limit = (int) Math.min(bound, end);
        for (int offset = (int) from; offset < limit; offset++) {
            if (timestamps[offset] >= timestamp) {
                return offset;
            }
        }
        return bound;
    }

    /// End of the last epoch at or below this one that has records; 0 if there is none.
    long endOfEpoch(int epoch) {
        SortedMap<Integer, Long> upTo = endOfEpoch.headMap(epoch + 1);
        return upTo.isEmpty() ? 0 : upTo.sequencedValues().getLast();
    }

    /// An epoch that has records: the n-th, counted round.
    int someEpoch(int n) {
        return endOfEpoch.isEmpty() ? 1 : List.copyOf(endOfEpoch.keySet()).get(Math.floorMod(n, endOfEpoch.size()));
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

    /// What is durable of the log start.
    long logStart() {
        return logStart;
    }

    void raiseLogStart(long offset) {
        logStart = Math.max(logStart, offset);
    }

    /// The highest log start that a client was told.
    long toldStart() {
        return toldStart;
    }

    void toldStart(long offset) {
        toldStart = Math.max(toldStart, offset);
    }

    void acknowledgedUpTo(long offset) {
        acknowledgedEnd = Math.max(acknowledgedEnd, offset + 1);
    }
}
