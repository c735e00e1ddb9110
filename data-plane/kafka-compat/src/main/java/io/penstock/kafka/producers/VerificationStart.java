// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

/// Whether a transaction's coordinator has to be asked before a batch is appended (KIP-890).
public sealed interface VerificationStart {
    /// The producer's transaction is open in the partition: append.
    record Ongoing() implements VerificationStart {}

    /// Ask the coordinator; if it says yes, append with these terms. They are void once a marker of the producer has
    /// come in between.
    record Needed(TransactionTerms terms) implements VerificationStart {}

    /// The batch would be refused whatever the coordinator says.
    record Rejected(ProducerVerdict.Reason reason, String detail) implements VerificationStart {}
}
