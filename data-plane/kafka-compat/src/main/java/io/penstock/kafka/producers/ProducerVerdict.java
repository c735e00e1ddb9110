// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

/// What producer state says to an append.
public sealed interface ProducerVerdict {
    /// In order. Nothing has changed yet: give it to [ProducerStates#apply] once the batches have their place.
    final class Accepted implements ProducerVerdict {
        final ProducerStates.Update update;

        Accepted(ProducerStates.Update update) {
            this.update = update;
        }
    }

    /// The producer repeats itself: these are the offsets it got.
    record Duplicate(long baseOffset, long lastOffset) implements ProducerVerdict {}

    record Rejected(Reason reason, String detail) implements ProducerVerdict {}

    /// Why a batch is rejected; named as Kafka's errors.
    enum Reason {
        OUT_OF_ORDER_SEQUENCE,
        INVALID_PRODUCER_EPOCH,
        UNKNOWN_PRODUCER_ID,
        DUPLICATE_SEQUENCE,
        INVALID_TRANSACTION,
        TRANSACTION_COORDINATOR_FENCED
    }
}
