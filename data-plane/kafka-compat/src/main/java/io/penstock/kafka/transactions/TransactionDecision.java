// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.transactions;

import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// What a transactional id says to a request.
public sealed interface TransactionDecision {
    /// CONCURRENT_TRANSACTIONS: come again when the present step has ended. Anything else is final.
    record Refused(Errors error) implements TransactionDecision {}

    /// What is asked for holds already.
    ///
    /// @param producer as it is now
    record Unchanged(ProducerIdAndEpoch producer) implements TransactionDecision {}

    /// The producer's epochs are used up: ask again with a producer id that nobody had.
    record NeedsProducerId() implements TransactionDecision {}

    /// The step has begun: make it durable, then tell [TransactionalId#applied], or [TransactionalId#failed].
    record Write(TransactionStep step) implements TransactionDecision {}
}
