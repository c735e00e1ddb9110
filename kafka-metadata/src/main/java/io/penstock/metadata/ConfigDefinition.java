// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.Optional;
import org.apache.kafka.common.config.ConfigDef;

/// A setting that a topic, a group or a broker has.
///
/// @param defaultValue as text; empty if there is none
/// @param allowed what a value may be, in words
/// @param inEffect whether Penstock acts on it; if not it is accepted, kept and echoed, so that tools made for Apache
/// Kafka work, and nothing else happens
public record ConfigDefinition(
        String name,
        ConfigDef.Type type,
        Optional<String> defaultValue,
        String allowed,
        String documentation,
        boolean inEffect) {}
