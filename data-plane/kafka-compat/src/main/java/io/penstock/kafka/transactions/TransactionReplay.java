// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.transactions;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.coordinator.transaction.TransactionLog;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes of a partition of the transaction log what its coordinator knows.
public final class TransactionReplay {
    private static final Logger log = LoggerFactory.getLogger(TransactionReplay.class);

    private TransactionReplay() {}

    /// Repeats what the batches say, in order: the last record of an id counts.
    ///
    /// @param from records below this offset are passed over
    /// @return offset after the last batch, or `from` if there is none
    public static long replay(ByteBuffer batches, long from, Map<String, TransactionalId> into) {
        long next = from;
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            if (batch.nextOffset() <= from) {
                continue;
            }
            next = batch.nextOffset();
            if (batch.isControlBatch()) {
                continue;
            }
            for (Record record : batch) {
                if (record.offset() >= from) {
                    replay(record, into);
                }
            }
        }
        return next;
    }

    private static void replay(Record record, Map<String, TransactionalId> into) {
        switch (TransactionLog.read(record.key(), record.value())) {
            case TransactionLog.TxnTombstone gone -> into.remove(gone.transactionId());
            case TransactionLog.TxnRecord known ->
                into.put(known.transactionId(), new TransactionalId(known.metadata()));
            case TransactionLog.UnknownKeyVersion newer ->
                log.warn("offset={} key of unknown version {} skipped", record.offset(), newer.version());
            case TransactionLog.UnknownValueVersion newer ->
                log.warn("offset={} value of unknown version {} skipped", record.offset(), newer.version());
        }
    }

    /// The names of all states, as tools filter by them.
    public static Set<String> stateNames() {
        return TransactionState.ALL_STATES.stream()
                .map(TransactionState::stateName)
                .collect(java.util.stream.Collectors.toUnmodifiableSet());
    }
}
