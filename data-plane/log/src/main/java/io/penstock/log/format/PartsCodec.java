// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.log.format.ShardManifest.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Lists of parts, as manifests and pages hold them: each field is written as its difference from what is to be
/// expected,
/// so that a part takes a dozen bytes.
///
/// Expected are: the offset behind the part before; the timestamp of the part written before, of whatever partition; in
/// the same segment, the position behind the part written before.
final class PartsCodec {
    private PartsCodec() {}

    /// What is expected next. Writer and reader keep it alike.
    private static final class Expected {
        private static final class InSegment {
            int position;
            int indexPosition;
        }

        private final Map<Integer, InSegment> segments = new HashMap<>();
        long timestamp;

        InSegment in(int segment) {
            return segments.computeIfAbsent(segment, _ -> new InSegment());
        }
    }

    static final class Writer {
        private final Map<String, Integer> numbers = new LinkedHashMap<>();
        private final Expected expected = new Expected();

        void write(List<Part> parts, FieldWriter out) {
            out.varint(parts.size());
            long offset = 0;
            for (Part part : parts) {
                Integer known = numbers.get(part.segment());
                int number = known == null ? numbers.size() : known;
                numbers.putIfAbsent(part.segment(), number);
                Expected.InSegment segment = expected.in(number);
                out.varint(number)
                        .signedVarint(part.baseOffset() - offset)
                        .varint(part.lastOffset() - part.baseOffset())
                        .varint(part.records())
                        .signedVarint(part.maxTimestamp() - expected.timestamp)
                        .signedVarint((long) part.position() - segment.position)
                        .varint(part.size())
                        .signedVarint((long) part.indexPosition() - segment.indexPosition)
                        .varint(part.indexSize());
                offset = part.lastOffset() + 1;
                expected.timestamp = part.maxTimestamp();
                segment.position = part.position() + part.size();
                segment.indexPosition = part.indexPosition() + part.indexSize();
            }
        }

        /// The ids that the numbers of segments stand for, once all parts are written.
        FieldWriter segmentIds() {
            FieldWriter out = new FieldWriter().i32(numbers.size());
            numbers.keySet().forEach(out::text);
            return out;
        }
    }

    static final class Reader {
        private final List<String> segmentIds;
        private final Expected expected = new Expected();

        Reader(List<String> segmentIds) {
            this.segmentIds = segmentIds;
        }

        List<Part> read(FieldReader in) {
            List<Part> parts = new ArrayList<>();
            long offset = 0;
            for (int left = in.varcount(9); left > 0; left--) {
                int number = in.varint31();
                if (number >= segmentIds.size()) {
                    throw in.corrupt("segment number " + number + " of " + segmentIds.size());
                }
                Expected.InSegment segment = expected.in(number);
                long base = offset + in.signedVarint();
                long last = base + in.varint();
                long records = in.varint();
                expected.timestamp += in.signedVarint();
                int position = in.int31(segment.position + in.signedVarint());
                int size = in.varint31();
                int indexPosition = in.int31(segment.indexPosition + in.signedVarint());
                int indexSize = in.varint31();
                parts.add(new Part(
                        segmentIds.get(number),
                        base,
                        last,
                        records,
                        expected.timestamp,
                        position,
                        size,
                        indexPosition,
                        indexSize));
                offset = last + 1;
                segment.position = position + size;
                segment.indexPosition = indexPosition + indexSize;
            }
            return parts;
        }
    }
}
