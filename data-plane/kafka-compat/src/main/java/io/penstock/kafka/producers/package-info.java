// SPDX-License-Identifier: Apache-2.0
/// Knows, per partition, what each idempotent or transactional producer appended last: Kafka's own rules, without
/// Kafka's files.
@NullMarked
package io.penstock.kafka.producers;

import org.jspecify.annotations.NullMarked;
