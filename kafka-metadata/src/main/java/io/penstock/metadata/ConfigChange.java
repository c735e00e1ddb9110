// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Optional;

/// One change that somebody asks for (IncrementalAlterConfigs, KIP-339).
///
/// @param value empty for DELETE only
public record ConfigChange(Operation operation, String name, Optional<String> value) {

    /// What to do with the setting.
    public enum Operation {
        /// The value becomes this one.
        SET,
        /// Back to the default.
        DELETE,
        /// Adds to a list what is not in it.
        APPEND,
        /// Takes out of a list what is in it.
        SUBTRACT
    }
}
