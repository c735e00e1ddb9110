// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.util.Arrays;
import java.util.stream.Collectors;

/// Cuts lists down to what a caller reaches: ids with commas between them, or `*` for all.
public final class Reach {
    private Reach() {}

    /// A condition on rows, with the parameter `reach`: one of these columns is one of its ids.
    public static String of(String... columns) {
        return Arrays.stream(columns)
                .map(column -> " or " + column + " = any(string_to_array(:reach, ','))")
                .collect(Collectors.joining("", "(:reach = '*'", ")"));
    }
}
