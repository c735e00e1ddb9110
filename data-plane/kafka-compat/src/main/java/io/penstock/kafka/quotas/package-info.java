// SPDX-License-Identifier: Apache-2.0
/// Kafka's own accounting of what clients may use.
@NullMarked
package io.penstock.kafka.quotas;

import org.jspecify.annotations.NullMarked;
