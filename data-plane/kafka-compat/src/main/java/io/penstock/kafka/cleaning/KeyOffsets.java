// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.cleaning;

import io.penstock.kafka.producers.AbortedTransaction;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.common.record.internal.MutableRecordBatch;
import org.apache.kafka.common.record.internal.Record;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.CloseableIterator;
import org.apache.kafka.storage.internals.log.CleanedTransactionMetadata;
import org.apache.kafka.storage.internals.log.SkimpyOffsetMap;

/// The last offset of each key in a stretch of a log, in bounded memory: Kafka's own map, which keeps a
/// hash of each
/// key. Records of aborted transactions do not count. For one thread.
public final class KeyOffsets {
    /// Beyond this share of its slots a map of hashes grows slow.
    private static final double LOAD = 0.9;

    private static final int MIN_SLOTS = 16;

    private final SkimpyOffsetMap map;
    private final int maxKeys;
    private final CleanedTransactionMetadata transactions;
    private final BufferSupplier buffers = BufferSupplier.create();

    /// @param keys how many it needs to hold at most
    /// @param maxBytes what it may take whatever it needs
    /// @param aborted transactions that ended in the stretch or behind it
    public KeyOffsets(long keys, int maxBytes, List<AbortedTransaction> aborted) {
        int bytesPerKey = 16 + 8; // MD5 and an offset
        long bytes = Math.max(MIN_SLOTS, (long) Math.ceil((keys + 1) / LOAD)) * bytesPerKey;
        try {
            map = new SkimpyOffsetMap((int) Math.min(bytes, Math.max(maxBytes, MIN_SLOTS * bytesPerKey)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
        maxKeys = (int) (map.slots() * LOAD);
        transactions = Transactions.of(aborted);
    }

    /// Takes in the next batch of the stretch.
    ///
    /// @param from offsets below it are not taken in
    /// @return false if it is full: then [#end] says how far it came
    public boolean add(ByteBuffer batches, long from) {
        for (MutableRecordBatch batch :
                MemoryRecords.readableRecords(batches.duplicate()).batches()) {
            batch.ensureValid();
            if (batch.isControlBatch()) {
                transactions.onControlBatchRead(batch);
            } else if (!transactions.onBatchRead(batch) && !addRecords(batch, from)) {
                return false;
            }
            if (batch.lastOffset() >= from) {
                map.updateLatestOffset(batch.lastOffset());
            }
        }
        return true;
    }

    private boolean addRecords(MutableRecordBatch batch, long from) {
        try (CloseableIterator<Record> records = batch.streamingIterator(buffers)) {
            while (records.hasNext()) {
                Record record = records.next();
                if (record.hasKey() && record.offset() >= from) {
                    if (map.size() >= maxKeys) {
                        return false;
                    }
                    map.put(record.key(), record.offset());
                }
            }
            return true;
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /// One beyond the last offset it knows; 0 if it knows nothing.
    public long end() {
        return map.latestOffset() + 1;
    }

    /// Whether a later record than this one has the key, as far as it knows.
    boolean hasLater(ByteBuffer key, long offset) {
        try {
            return map.get(key) > offset;
        } catch (DigestException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
