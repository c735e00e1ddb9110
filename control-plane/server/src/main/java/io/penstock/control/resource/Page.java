// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.util.List;
import java.util.Optional;

/// A part of an ordered list.
///
/// @param next where the next page starts (strictly after this sort key); empty on the last page
public record Page<T>(List<T> items, Optional<String> next) {
    public Page {
        items = List.copyOf(items);
    }

    /// Which part is asked for.
    ///
    /// @param after the sort key after which the page starts; empty string: from the beginning
    public record Request(String after, int size, Ordering order) {
        /// In the list's own order.
        public Request(String after, int size) {
            this(after, size, Ordering.USUAL);
        }
    }

    /// Cuts a page from a list that was read one item longer than the page, to know whether more follow.
    public static <T> Page<T> cut(List<T> oneMore, int size, java.util.function.Function<T, String> sortKey) {
        if (oneMore.size() <= size) {
            return new Page<>(oneMore, Optional.empty());
        }
        var items = oneMore.subList(0, size);
        return new Page<>(items, Optional.of(sortKey.apply(items.getLast())));
    }
}
