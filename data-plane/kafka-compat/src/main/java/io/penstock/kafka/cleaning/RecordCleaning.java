// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.cleaning;

import io.penstock.kafka.producers.AbortedTransaction;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MemoryRecords.RecordFilter;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;

/// Takes out of batches what `cleanup.policy=compact` does not want kept, with Kafka's own filter: offsets,
/// timestamps, producers and compression of what stays do not change. For one thread; batches come in
/// offset order,
/// from the beginning of the log.
public final class RecordCleaning {
    /// What became of the records, each counted once. `in` is the sum of all the others.
    ///
    /// @param kept in the cleaned log
    /// @param overwritten a later record has the key
    /// @param tombstones without a value, and older than `delete.retention.ms`
    /// @param aborted of an aborted transaction
    /// @param markers of a transaction of which nothing is left, and older than `delete.retention.ms`
    /// @param withoutKey no key could ever stand for them
    public record Counts(
            long in, long kept, long overwritten, long tombstones, long aborted, long markers, long withoutKey) {
        /// Whether every record went somewhere.
        public boolean addUp() {
            return in == kept + overwritten + tombstones + aborted + markers + withoutKey;
        }
    }

    private final KeyOffsets keys;
    private final CleanedTransactionMetadata transactions;
    private final Filter filter;
    private final BufferSupplier buffers = BufferSupplier.create();
    private long in;
    private long kept;
    private long overwritten;
    private long tombstones;
    private long aborted;
    private long markers;
    private long withoutKey;

    /// @param keys of what was never cleaned; records it does not know of stay
    /// @param abortedTransactions of the whole log
    /// @param nowMillis wall clock, milliseconds since the epoch
    /// @param deleteRetentionMillis `delete.retention.ms`
    public RecordCleaning(
            KeyOffsets keys, List<AbortedTransaction> abortedTransactions, long nowMillis, long deleteRetentionMillis) {
        this.keys = keys;
        this.transactions = Transactions.of(abortedTransactions);
        this.filter = new Filter(nowMillis, deleteRetentionMillis);
    }

    /// What stays of a batch; empty if nothing does. The last batch that the keys know of stays even
    /// without records,
    /// so that readers get beyond it.
    public Optional<ByteBuffer> clean(ByteBuffer batch) {
        MemoryRecords records = MemoryRecords.readableRecords(batch.duplicate());
        MemoryRecords.FilterResult result = records.filterTo(filter, ByteBuffer.allocate(batch.remaining()), buffers);
        in += result.messagesRead();
        kept += result.messagesRetained();
        if (result.bytesRead() != batch.remaining()) {
            throw new IllegalStateException(
                    "filtered " + result.bytesRead() + " of " + batch.remaining() + " bytes of a batch");
        }
        ByteBuffer output = result.outputBuffer().flip();
        return output.hasRemaining() ? Optional.of(output) : Optional.empty();
    }

    public Counts counts() {
        return new Counts(in, kept, overwritten, tombstones, aborted, markers, withoutKey);
    }

    private final class Filter extends RecordFilter {
        private boolean discarded;

        Filter(long nowMillis, long deleteRetentionMillis) {
            super(nowMillis, deleteRetentionMillis);
        }

        @Override
        protected BatchRetentionResult checkBatchRetention(RecordBatch batch) {
            batch.ensureValid();
            boolean gone =
                    batch.isControlBatch() ? transactions.onControlBatchRead(batch) : transactions.onBatchRead(batch);
            // A marker stays for a while after the records of its transaction, as tombstones do.
            discarded = gone && (!batch.isControlBatch() || expired(batch));
            BatchRetention retention = batch.nextOffset() == keys.end()
                    ? BatchRetention.RETAIN_EMPTY
                    : discarded ? BatchRetention.DELETE : BatchRetention.DELETE_EMPTY;
            if (retention == BatchRetention.DELETE) {
                long count = batch.countOrNull();
                in += count;
                countDiscarded(batch, count);
            }
            return new BatchRetentionResult(retention, gone && batch.isControlBatch());
        }

        private boolean expired(RecordBatch batch) {
            return batch.deleteHorizonMs().isPresent()
                    && batch.deleteHorizonMs().getAsLong() <= currentTime;
        }

        private void countDiscarded(RecordBatch batch, long count) {
            if (batch.isControlBatch()) {
                markers += count;
            } else {
                aborted += count;
            }
        }

        @Override
        protected boolean shouldRetainRecord(RecordBatch batch, Record record) {
            if (discarded) {
                countDiscarded(batch, 1);
                return false;
            }
            if (batch.isControlBatch() || record.offset() >= keys.end()) {
                return true;
            }
            if (!record.hasKey()) {
                withoutKey++;
                return false;
            }
            if (keys.hasLater(record.key(), record.offset())) {
                overwritten++;
                return false;
            }
            boolean tombstone = !record.hasValue();
            if (tombstone && expired(batch)) {
                tombstones++;
                return false;
            }
            return true;
        }
    }
}
