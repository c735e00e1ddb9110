// SPDX-License-Identifier: Apache-2.0
/// What a transaction coordinator decides, and how its decisions are written: Kafka's `TransactionMetadata` and
/// `TransactionLog`, without threads, clock or log.
@NullMarked
package io.penstock.kafka.transactions;

import org.jspecify.annotations.NullMarked;
