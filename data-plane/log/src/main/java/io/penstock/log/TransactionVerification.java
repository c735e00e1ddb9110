// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.kafka.producers.TransactionTerms;

/// Whether a transaction's coordinator has to be asked before records of it are appended.
public sealed interface TransactionVerification {
    /// The transaction is open in the partition: append.
    record Ongoing() implements TransactionVerification {}

    /// Ask the coordinator; if it agrees, append with these terms.
    record Needed(TransactionTerms terms) implements TransactionVerification {}

    /// The records would get no place.
    record Refused(AppendRefusal reason, String detail) implements TransactionVerification {}
}
