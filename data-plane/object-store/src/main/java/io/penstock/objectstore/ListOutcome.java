// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import java.util.List;

/// What a list found.
public sealed interface ListOutcome {
    /// @param objects in key order
    /// @param more whether keys beyond the last one may exist: ask again after it
    record Listed(List<Entry> objects, boolean more) implements ListOutcome {
        public Listed {
            objects = List.copyOf(objects);
        }
    }

    /// The store did not answer.
    record Failed(Throwable cause) implements ListOutcome {}

    /// @param lastModifiedMillis the store's own clock, milliseconds since the epoch; for people and for graces only
    record Entry(ObjectKey key, long size, long lastModifiedMillis) {}

    /// Refuses what no store answers: a limit below 1 or above 1000.
    static void requireLimit(int limit) {
        if (limit < 1 || limit > 1000) {
            throw new IllegalArgumentException("a listing's limit is 1 to 1000, not " + limit);
        }
    }
}
