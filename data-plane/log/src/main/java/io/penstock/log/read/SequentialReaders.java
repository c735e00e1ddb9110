// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import io.penstock.log.format.ShardManifest.Part;
import java.util.LinkedHashMap;
import java.util.Map;

/// Remembers how far segments were read last: who begins there goes on reading. On the actor.
final class SequentialReaders {
    private static final int MAX_PARTS = 256;

    /// A read begins at a row of the index, somewhat before where the last one ended.
    private static final int NEAR_BYTES = 1 << 20;

    private final Map<Part, Integer> reached = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Part, Integer> eldest) {
            return size() > MAX_PARTS;
        }
    };

    /// A reader has read the part up to this position of its object.
    void reached(Part part, int position) {
        reached.put(part, position);
    }

    /// Whether somebody reads the part and has no more than so many bytes of it left.
    boolean endsWithin(Part part, int bytes) {
        Integer last = reached.get(part);
        return last != null && part.position() + part.size() - last <= bytes;
    }

    /// Whether the position is where a reader was, or just before.
    boolean isNear(Part part, int position) {
        Integer last = reached.get(part);
        return last != null && position <= last && last - position <= NEAR_BYTES;
    }
}
