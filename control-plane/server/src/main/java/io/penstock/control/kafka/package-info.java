// SPDX-License-Identifier: Apache-2.0
/// Asks clusters' brokers, as a Kafka client, for what only they know: consumer groups, records, producers.
@NullMarked
package io.penstock.control.kafka;

import org.jspecify.annotations.NullMarked;
