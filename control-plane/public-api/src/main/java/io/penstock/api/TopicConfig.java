// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// One setting of a topic with the value in force.
///
/// @param source SET (by hand), CLUSTER or DEFAULT
/// @param inEffect false for settings that are accepted and kept only so that tools work
public record TopicConfig(
        String name,
        @Nullable String value,
        String source,
        @Nullable String defaultValue,
        String type,
        String allowed,
        boolean inEffect,
        String documentation) {}
