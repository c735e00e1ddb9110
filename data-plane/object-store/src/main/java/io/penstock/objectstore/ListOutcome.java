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
}
