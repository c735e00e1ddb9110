// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.transactions;

import java.nio.ByteBuffer;
import org.apache.kafka.common.compress.Compression;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.SimpleRecord;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;

/// From one state of a transactional id to the next: counts once it is durable.
public final class TransactionStep {
    final String transactionalId;
    final TxnTransitMetadata to;
    /// Whether the producer's epoch was raised in memory before the step was written (transaction versions 0 and 1).
    final boolean raisedEpoch;

    TransactionStep(String transactionalId, TxnTransitMetadata to, boolean raisedEpoch) {
        this.transactionalId = transactionalId;
        this.to = to;
        this.raisedEpoch = raisedEpoch;
    }

    public String transactionalId() {
        return transactionalId;
    }

    /// The producer once the step counts.
    public ProducerIdAndEpoch producer() {
        return new ProducerIdAndEpoch(to.producerId(), to.producerEpoch());
    }

    /// Whether the transaction is decided by it: markers are to follow.
    public boolean isPrepared() {
        return to.txnState() == TransactionState.PREPARE_COMMIT || to.txnState() == TransactionState.PREPARE_ABORT;
    }

    /// The record of the transaction log, as a batch of its own; a tombstone if the id is forgotten by it.
    ///
    /// @param version of the cluster's transactions: decides the record's format
    public ByteBuffer batch(TransactionVersion version, long nowMillis) {
        byte @Nullable [] value =
                to.txnState() == TransactionState.DEAD ? null : TransactionLog.valueToBytes(to, version);
        return MemoryRecords.withRecords(
                        Compression.NONE,
                        new SimpleRecord(nowMillis, TransactionLog.keyToBytes(transactionalId), value))
                .buffer();
    }

    @Override
    public String toString() {
        return transactionalId + " " + to;
    }
}
