// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import java.util.List;
import java.util.OptionalLong;

/// One producer's state in one partition, as a snapshot keeps it.
///
/// @param batches the last five at most, oldest first: what a retry may repeat
/// @param transactionStart first offset of its open transaction
public record ProducerEntry(
        long producerId,
        short producerEpoch,
        int coordinatorEpoch,
        long lastTimestamp,
        OptionalLong transactionStart,
        List<AppendedBatch> batches) {
    public ProducerEntry {
        batches = List.copyOf(batches);
    }

    /// A batch that was appended.
    public record AppendedBatch(int lastSequence, long lastOffset, int offsetDelta, long timestamp) {
        int firstSequence() {
            // Sequences wrap around below zero to 2^31 - 1 (KIP-98).
            int first = lastSequence - offsetDelta;
            return first < 0 ? first + Integer.MAX_VALUE + 1 : first;
        }

        long baseOffset() {
            return lastOffset - offsetDelta;
        }
    }
}
