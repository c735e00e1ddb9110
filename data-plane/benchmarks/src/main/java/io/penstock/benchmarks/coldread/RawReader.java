// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome.Entry;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The store's own speed: the segments of a topic by ranges as large as the brokers ask for, several at the same time,
/// through the same client of the store, and nothing else.
final class RawReader {
    private static final int RANGE_BYTES = 8 << 20;
    private static final int AT_ONCE = 8;
    private static final long WARM_UP_BYTES = 512L << 20;

    private RawReader() {}

    private record Range(Entry object, ByteRange range) {}

    /// @param arguments the bucket's URI, how many bytes to read
    public static void main(String[] arguments) throws Exception {
        long bytes = Long.parseLong(arguments[1]);
        try (Segments segments = Segments.in(arguments[0])) {
            List<Entry> largestFirst = segments.largestFirst();
            Reader.serve(
                    () -> read(segments, ranges(largestFirst, Math.min(bytes, WARM_UP_BYTES))),
                    () -> read(segments, ranges(largestFirst, bytes)));
        }
        System.exit(0); // the store's client has threads of its own
    }

    private static List<Range> ranges(List<Entry> objects, long bytes) {
        List<Range> ranges = new ArrayList<>();
        long left = bytes;
        for (Entry object : objects) {
            for (long at = 0; at < object.size() && left > 0; at += RANGE_BYTES) {
                long size = Math.min(RANGE_BYTES, object.size() - at);
                ranges.add(new Range(object, new ByteRange(at, size)));
                left -= size;
            }
        }
        return ranges;
    }

    private static long read(Segments segments, List<Range> ranges) {
        long bytes = 0;
        Deque<CompletableFuture<GetOutcome>> underWay = new ArrayDeque<>();
        Iterator<Range> next = ranges.iterator();
        while (next.hasNext() || !underWay.isEmpty()) {
            while (next.hasNext() && underWay.size() < AT_ONCE) {
                Range range = next.next();
                underWay.add(segments.store().get(range.object().key(), range.range()));
            }
            bytes += switch (underWay.remove().join()) {
                case GetOutcome.Found found -> found.bytes().remaining();
                case GetOutcome.Absent _ -> throw new IllegalStateException("a segment is gone");
                case GetOutcome.Failed failed -> throw new IllegalStateException("the store failed", failed.cause());
            };
        }
        return bytes;
    }
}
