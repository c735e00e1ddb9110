// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.producers.ProducerBatch;
import io.penstock.kafka.records.TransactionMarker;
import io.penstock.log.format.BatchIndex;
import java.util.Optional;

/// Makes of a footer's row what producer state needs, so that a takeover need not read batches.
///
/// A control batch has no sequences; its row says in their place what its marker is: in the first whether it commits
/// (1) or aborts (0), −1 if it is no marker, and in the last the coordinator's epoch.
final class ProducerReplay {
    private static final int NO_MARKER = -1;
    private static final int ABORT = 0;
    private static final int COMMIT = 1;

    private ProducerReplay() {}

    static int markerField(Optional<TransactionMarker> marker) {
        return marker.isEmpty() ? NO_MARKER : marker.get().commit() ? COMMIT : ABORT;
    }

    static int coordinatorEpochField(Optional<TransactionMarker> marker) {
        return marker.map(TransactionMarker::coordinatorEpoch).orElse(NO_MARKER);
    }

    /// @param seenMillis when the batch was appended or replayed. Kafka takes the records' own timestamps, and so
    /// forgets
    /// a producer of old records at once, and with it what would be a duplicate
    static ProducerBatch producerBatch(BatchIndex row, long seenMillis) {
        Optional<TransactionMarker> marker = row.control() && row.firstSequence() != NO_MARKER
                ? Optional.of(new TransactionMarker(row.firstSequence() == COMMIT, row.lastSequence()))
                : Optional.empty();
        return new ProducerBatch(
                row.producerId(),
                row.producerEpoch(),
                marker.isPresent() ? -1 : row.firstSequence(),
                marker.isPresent() ? -1 : row.lastSequence(),
                row.baseOffset(),
                row.lastOffset(),
                seenMillis,
                row.transactional(),
                marker);
    }
}
