// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A producer that has written to a partition lately, as its leader knows it.
///
/// @param transactionStartOffset where its open transaction begins; null: there is none
public record TopicProducer(
        int partition,
        long producerId,
        int producerEpoch,
        int lastSequence,
        Instant lastTimestamp,
        @Nullable Long transactionStartOffset) {}
