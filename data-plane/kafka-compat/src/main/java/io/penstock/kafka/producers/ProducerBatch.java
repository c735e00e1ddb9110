// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import io.penstock.kafka.records.TransactionMarker;
import java.util.Optional;

/// What producer state needs to know of one batch that has an idempotent producer's id.
///
/// @param seenMillis when the batch was appended: a producer that is not seen for long is forgotten
/// @param marker of a control batch that ends a transaction; such a batch has no sequences
public record ProducerBatch(
        long producerId,
        short producerEpoch,
        int firstSequence,
        int lastSequence,
        long baseOffset,
        long lastOffset,
        long seenMillis,
        boolean transactional,
        Optional<TransactionMarker> marker) {}
