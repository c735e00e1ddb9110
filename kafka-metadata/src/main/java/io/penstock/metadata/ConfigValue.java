// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Optional;

/// A setting as it is in force somewhere, for those who ask (DescribeConfigs).
///
/// @param value as text; empty if it has none
public record ConfigValue(ConfigDefinition definition, Optional<String> value, Source source) {

    /// Where the value comes from.
    public enum Source {
        /// Set by hand for this very topic, group or broker.
        SET,
        /// Comes from how the cluster was set up; cannot be changed through Kafka.
        CLUSTER,
        /// Nobody set it.
        DEFAULT
    }
}
