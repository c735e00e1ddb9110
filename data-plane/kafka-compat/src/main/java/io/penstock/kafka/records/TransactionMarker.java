// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.records;

import java.nio.ByteBuffer;
import java.util.Optional;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;

/// The record in a control batch that ends a transaction.
///
/// @param commit true for commit, false for abort
/// @param coordinatorEpoch of the transaction coordinator that wrote it
public record TransactionMarker(boolean commit, int coordinatorEpoch) {

    /// A control batch with this marker, which ends the producer's transaction.
    public ByteBuffer batch(long nowMillis, long producerId, short producerEpoch) {
        return MemoryRecords.withEndTransactionMarker(
                        nowMillis,
                        producerId,
                        producerEpoch,
                        new EndTransactionMarker(
                                commit ? ControlRecordType.COMMIT : ControlRecordType.ABORT, coordinatorEpoch))
                .buffer();
    }

    /// The marker in a control batch; empty if the batch is of another kind.
    ///
    /// @throws InvalidBatch if its record cannot be read
    public static Optional<TransactionMarker> in(ByteBuffer controlBatch) {
        try {
            for (RecordBatch batch :
                    MemoryRecords.readableRecords(controlBatch.duplicate()).batches()) {
                for (Record record : batch) {
                    ControlRecordType type = ControlRecordType.parse(record.key());
                    if (type == ControlRecordType.COMMIT || type == ControlRecordType.ABORT) {
                        EndTransactionMarker marker = EndTransactionMarker.deserialize(record);
                        return Optional.of(new TransactionMarker(
                                marker.controlType() == ControlRecordType.COMMIT, marker.coordinatorEpoch()));
                    }
                    return Optional.empty();
                }
            }
            return Optional.empty();
        } catch (RuntimeException unreadable) {
            throw new InvalidBatch("a control batch whose record cannot be read: " + unreadable.getMessage());
        }
    }
}
