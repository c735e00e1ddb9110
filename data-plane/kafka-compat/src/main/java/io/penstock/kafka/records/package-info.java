// SPDX-License-Identifier: Apache-2.0
/// Reads Kafka's record batches (format v2) where they lie, without making objects of their records.
@NullMarked
package io.penstock.kafka.records;

import org.jspecify.annotations.NullMarked;
