// SPDX-License-Identifier: Apache-2.0
/// What clients measure of themselves, by Kafka's own rules (KIP-714).
@NullMarked
package io.penstock.kafka.telemetry;

import org.jspecify.annotations.NullMarked;
