// SPDX-License-Identifier: Apache-2.0
/// What topics want kept, in Kafka's own words, and Kafka's own way of cleaning batches by key.
@NullMarked
package io.penstock.kafka.cleaning;

import org.jspecify.annotations.NullMarked;
