// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import java.util.List;

/// Why the control plane did not do what was asked: a problem document (RFC 9457), as far as people need it.
///
/// @param code what programs tell problems apart by, such as `already_exists`
/// @param detail what is wrong, a sentence
/// @param hint what to do about it; may be empty
/// @param fields what is wrong with single fields; empty where it is not about fields
public record Refusal(String code, String detail, String hint, List<Field> fields) {
    public Refusal {
        fields = List.copyOf(fields);
    }

    /// @param pointer JSON pointer (RFC 6901) into what was sent
    public record Field(String pointer, String detail) {}

    /// Detail and hint as one text.
    public String text() {
        return hint.isEmpty() || detail.contains(hint) ? detail : detail + " " + hint;
    }
}
