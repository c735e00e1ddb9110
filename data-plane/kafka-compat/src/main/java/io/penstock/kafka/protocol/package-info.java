// SPDX-License-Identifier: Apache-2.0
/// Turns the bytes of a Kafka connection into requests, and responses into bytes.
@NullMarked
package io.penstock.kafka.protocol;

import org.jspecify.annotations.NullMarked;
