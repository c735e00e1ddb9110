// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.telemetry;

import java.util.SortedMap;

/// One number of a client.
///
/// @param name as KIP-714 has it, for example `org.apache.kafka.producer.connection.creation.rate`
/// @param attributes what it is about, for example a topic or a node
/// @param sinceLast whether it counts since the last time; else it is the present value
public record Measurement(String name, SortedMap<String, String> attributes, double value, boolean sinceLast) {}
