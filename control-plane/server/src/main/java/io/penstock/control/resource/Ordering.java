// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.util.List;

/// The order in which a list is wanted. What is equal in all of it comes in the order of ids.
///
/// @param keys most significant first; none: the list's own order
public record Ordering(List<Key> keys) {
    /// The list's own order.
    public static final Ordering USUAL = new Ordering(List.of());

    public Ordering {
        keys = List.copyOf(keys);
    }

    /// @param field as the API calls it
    public record Key(String field, boolean descending) {}

    public boolean isUsual() {
        return keys.isEmpty();
    }
}
