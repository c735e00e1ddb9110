// SPDX-License-Identifier: Apache-2.0
/// Judges what producers send, by Kafka's own validator.
@NullMarked
package io.penstock.kafka.validation;

import org.jspecify.annotations.NullMarked;
