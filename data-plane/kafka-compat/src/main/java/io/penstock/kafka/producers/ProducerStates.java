// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

import io.penstock.kafka.records.TransactionMarker;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.DuplicateSequenceException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.errors.UnknownProducerIdException;
import org.apache.kafka.common.record.internal.ControlRecordType;
import org.apache.kafka.common.record.internal.EndTransactionMarker;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.storage.internals.log.AppendOrigin;
import org.apache.kafka.storage.internals.log.BatchMetadata;
import org.apache.kafka.storage.internals.log.CompletedTxn;
import org.apache.kafka.storage.internals.log.LogOffsetMetadata;
import org.apache.kafka.storage.internals.log.ProducerAppendInfo;
import org.apache.kafka.storage.internals.log.ProducerStateEntry;
import org.apache.kafka.storage.internals.log.ProducerStateManager;
import org.apache.kafka.storage.internals.log.ProducerStateManagerConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;
import org.apache.kafka.storage.internals.log.VerificationStateEntry;

/// The producers of one partition: duplicates, sequences, epochs, open and aborted transactions.
///
/// Kafka's own `ProducerStateManager` decides; what it does with files never happens, because its folder
/// does not
/// exist
/// and its snapshots are never taken: [#entries] and [#load] replace them. For one thread. Make it only when a
/// partition
/// sees its first idempotent producer.
public final class ProducerStates {
    // Transactions are verified by their coordinator, not here, so this timeout bounds nothing.
    private static final int MAX_TRANSACTION_TIMEOUT_MILLIS = Integer.MAX_VALUE;
    /// Of a marker that is replayed: it was judged when it came.
    private static final short ANY_TRANSACTION_VERSION = 0;

    private final TopicPartition name;
    private final ProducerStateManager states;
    private AbortedTransactions aborted = new AbortedTransactions(List.of());

    /// @param topicId only for messages
    /// @param expirationMillis a producer that appends nothing for so long is forgotten
    public ProducerStates(String topicId, int partition, int expirationMillis, LongSupplier wallMillis) {
        this.name = new TopicPartition(topicId, partition);
        try {
            this.states = new ProducerStateManager(
                    name,
                    new File("/nonexistent/penstock-keeps-no-producer-state-in-files"),
                    MAX_TRANSACTION_TIMEOUT_MILLIS,
                    new ProducerStateManagerConfig(expirationMillis, false),
                    new OutsideTime(wallMillis));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    /// Judges the batches of one append, in order. Changes nothing.
    ///
    /// @param batches those with a producer id
    /// @param client whether a client appends: only then sequences are checked
    /// @param terms of the transaction: records that begin one here are taken only if its coordinator was asked
    public ProducerVerdict judge(List<ProducerBatch> batches, boolean client, TransactionTerms terms) {
        var update = new Update();
        try {
            for (ProducerBatch batch : batches) {
                if (client && batch.marker().isEmpty()) {
                    Optional<BatchMetadata> repeated = findDuplicate(batch);
                    if (repeated.isPresent()) {
                        return new ProducerVerdict.Duplicate(
                                repeated.get().firstOffset(), repeated.get().lastOffset());
                    }
                }
                if (batch.transactional()
                        && batch.marker().isEmpty()
                        && !isOngoing(batch.producerId(), batch.producerEpoch())) {
                    checkVerified(batch, terms);
                }
                update.add(batch, client ? AppendOrigin.CLIENT : AppendOrigin.COORDINATOR, terms.markerVersion());
            }
            return new ProducerVerdict.Accepted(update);
        } catch (UnknownProducerIdException e) {
            return rejected(ProducerVerdict.Reason.UNKNOWN_PRODUCER_ID, e);
        } catch (OutOfOrderSequenceException e) {
            return rejected(ProducerVerdict.Reason.OUT_OF_ORDER_SEQUENCE, e);
        } catch (InvalidProducerEpochException | ProducerFencedException e) {
            return rejected(ProducerVerdict.Reason.INVALID_PRODUCER_EPOCH, e);
        } catch (DuplicateSequenceException e) {
            return rejected(ProducerVerdict.Reason.DUPLICATE_SEQUENCE, e);
        } catch (InvalidTxnStateException e) {
            return rejected(ProducerVerdict.Reason.INVALID_TRANSACTION, e);
        } catch (TransactionCoordinatorFencedException e) {
            return rejected(ProducerVerdict.Reason.TRANSACTION_COORDINATOR_FENCED, e);
        }
    }

    /// Begins to verify that a producer's transaction knows of this partition, unless the transaction is open here.
    /// Until
    /// then batches with higher sequences than the lowest one that was seen are out of order.
    ///
    /// @param firstSequence of the batch to be appended, -1 if it has none
    /// @param epochPerTransaction whether the producer's epoch grows with every transaction (transaction version 2)
    public VerificationStart startVerification(
            long producerId, short producerEpoch, int firstSequence, boolean epochPerTransaction) {
        ProducerStateEntry known = states.activeProducers().get(producerId);
        if (known != null && producerEpoch < known.producerEpoch()) {
            return new VerificationStart.Rejected(
                    ProducerVerdict.Reason.INVALID_PRODUCER_EPOCH,
                    staleEpoch(producerId, producerEpoch, known.producerEpoch()));
        }
        return isOngoing(producerId, producerEpoch)
                ? new VerificationStart.Ongoing()
                : new VerificationStart.Needed(TransactionTerms.verifying(states.maybeCreateVerificationStateEntry(
                                producerId, firstSequence, producerEpoch, epochPerTransaction)
                        .verificationGuard()));
    }

    private boolean isOngoing(long producerId, short producerEpoch) {
        ProducerStateEntry known = states.activeProducers().get(producerId);
        return known != null && known.currentTxnFirstOffset().isPresent() && known.producerEpoch() == producerEpoch;
    }

    private void checkVerified(ProducerBatch batch, TransactionTerms terms) {
        ProducerStateEntry known = states.activeProducers().get(batch.producerId());
        if (known != null && batch.producerEpoch() < known.producerEpoch()) {
            throw new InvalidProducerEpochException(
                    staleEpoch(batch.producerId(), batch.producerEpoch(), known.producerEpoch()));
        }
        VerificationStateEntry asked = states.verificationStateEntry(batch.producerId());
        VerificationGuard guard = asked == null ? VerificationGuard.SENTINEL : asked.verificationGuard();
        if (!guard.verify(terms.guard())) {
            throw new InvalidTxnStateException("the records are not part of an open transaction");
        }
    }

    private static String staleEpoch(long producerId, short epoch, short known) {
        return "producer " + producerId + " comes with epoch " + epoch + ", but has been seen with " + known;
    }

    private static ProducerVerdict rejected(ProducerVerdict.Reason reason, RuntimeException cause) {
        return new ProducerVerdict.Rejected(reason, String.valueOf(cause.getMessage()));
    }

    /// Whether the producer has appended here, and is not forgotten.
    public boolean knows(long producerId) {
        return states.lastEntry(producerId).isPresent();
    }

    private Optional<BatchMetadata> findDuplicate(ProducerBatch batch) {
        Optional<ProducerStateEntry> last = states.lastEntry(batch.producerId());
        if (last.isEmpty() || last.get().producerEpoch() != batch.producerEpoch()) {
            return Optional.empty();
        }
        for (BatchMetadata known : last.get().batchMetadata()) {
            if (known.firstSeq() == batch.firstSequence() && known.lastSeq() == batch.lastSequence()) {
                return Optional.of(known);
            }
        }
        return Optional.empty();
    }

    /// The accepted batches have their place.
    public void apply(ProducerVerdict.Accepted accepted) {
        accepted.update.commit();
    }

    /// Repeats what a log holds, batch by batch, when it is taken over: nothing is judged.
    public void replay(ProducerBatch batch) {
        var update = new Update();
        update.add(batch, AppendOrigin.REPLICATION, ANY_TRANSACTION_VERSION);
        update.commit();
    }

    /// Readers of committed records stop below it: the first record of a transaction that is open, or whose
    /// marker is
    /// not below the high watermark yet.
    public OptionalLong firstUnstableOffset() {
        Optional<LogOffsetMetadata> first = states.firstUnstableOffset();
        return first.isPresent() ? OptionalLong.of(first.get().messageOffset) : OptionalLong.empty();
    }

    public void highWatermarkIs(long highWatermark) {
        states.onHighWatermarkUpdated(highWatermark);
    }

    /// Transactions aborted in this partition, as known now.
    public AbortedTransactions aborted() {
        return aborted;
    }

    /// Forgets aborted transactions that no read at or above the offset has to know of.
    public void forgetAbortedBelow(long offset) {
        aborted = aborted.endingAtOrAfter(offset);
    }

    public boolean isEmpty() {
        return states.isEmpty() && aborted.isEmpty();
    }

    public void removeExpired(long nowMillis) {
        states.removeExpiredProducers(nowMillis);
    }

    /// Everything that must survive, at the end of what was applied.
    public List<ProducerEntry> entries() {
        List<ProducerEntry> entries = new ArrayList<>();
        for (ProducerStateEntry entry : states.activeProducers().values()) {
            List<ProducerEntry.AppendedBatch> batches = new ArrayList<>();
            for (BatchMetadata batch : entry.batchMetadata()) {
                batches.add(new ProducerEntry.AppendedBatch(
                        batch.lastSeq(), batch.lastOffset(), batch.offsetDelta(), batch.timestamp()));
            }
            entries.add(new ProducerEntry(
                    entry.producerId(),
                    entry.producerEpoch(),
                    entry.coordinatorEpoch(),
                    entry.lastTimestamp(),
                    entry.currentTxnFirstOffset(),
                    batches));
        }
        entries.sort((a, b) -> Long.compare(a.producerId(), b.producerId()));
        return entries;
    }

    /// Fills a new instance with what [#entries] and [#aborted] gave.
    public void load(List<ProducerEntry> entries, List<AbortedTransaction> abortedTransactions, long endOffset) {
        for (ProducerEntry entry : entries) {
            var bare = new ProducerStateEntry(
                    entry.producerId(),
                    entry.producerEpoch(),
                    entry.coordinatorEpoch(),
                    entry.lastTimestamp(),
                    entry.transactionStart());
            if (entry.batches().isEmpty()) {
                states.loadProducerEntry(bare);
                continue;
            }
            // Kafka has no public way to hand an entry its batches, but appending them as a replica does the same.
            var info = new ProducerAppendInfo(name, entry.producerId(), bare, AppendOrigin.REPLICATION, null);
            for (ProducerEntry.AppendedBatch batch : entry.batches()) {
                info.appendDataBatch(
                        entry.producerEpoch(),
                        batch.firstSequence(),
                        batch.lastSequence(),
                        batch.timestamp(),
                        new LogOffsetMetadata(batch.baseOffset()),
                        batch.lastOffset(),
                        entry.transactionStart().isPresent());
            }
            states.loadProducerEntry(info.toEntry());
        }
        aborted = new AbortedTransactions(abortedTransactions);
        states.updateMapEndOffset(endOffset);
    }

    /// What an append will change.
    final class Update {
        private final Map<Long, ProducerAppendInfo> producers = new LinkedHashMap<>();
        private final List<CompletedTxn> completed = new ArrayList<>();
        private final List<ProducerBatch> transactional = new ArrayList<>(0);
        private long endOffset = -1;

        private void add(ProducerBatch batch, AppendOrigin origin, short markerVersion) {
            ProducerAppendInfo info =
                    producers.computeIfAbsent(batch.producerId(), id -> states.prepareUpdate(id, origin));
            if (batch.marker().isPresent()) {
                TransactionMarker marker = batch.marker().get();
                info.appendEndTxnMarker(
                                new EndTransactionMarker(
                                        marker.commit() ? ControlRecordType.COMMIT : ControlRecordType.ABORT,
                                        marker.coordinatorEpoch()),
                                batch.producerEpoch(),
                                batch.baseOffset(),
                                batch.seenMillis(),
                                markerVersion)
                        .ifPresent(completed::add);
            } else {
                info.appendDataBatch(
                        batch.producerEpoch(),
                        batch.firstSequence(),
                        batch.lastSequence(),
                        batch.seenMillis(),
                        new LogOffsetMetadata(batch.baseOffset()),
                        batch.lastOffset(),
                        batch.transactional());
            }
            if (batch.transactional()) {
                transactional.add(batch);
            }
            endOffset = batch.lastOffset() + 1;
        }

        private void commit() {
            producers.values().forEach(states::update);
            transactional.forEach(ProducerStates.this::verificationEnds);
            for (CompletedTxn transaction : completed) {
                long lastStableOffset = states.lastStableOffset(transaction);
                if (transaction.isAborted()) {
                    aborted.add(new AbortedTransaction(
                            transaction.producerId(),
                            transaction.firstOffset(),
                            transaction.lastOffset(),
                            lastStableOffset));
                }
                states.completeTxn(transaction);
            }
            if (endOffset > states.mapEndOffset()) {
                states.updateMapEndOffset(endOffset);
            }
        }
    }

    /// The transaction is open here by now, or over; but a marker may come when the producer's next transaction, with
    /// the marker's epoch, is being verified already.
    private void verificationEnds(ProducerBatch batch) {
        VerificationStateEntry asked = states.verificationStateEntry(batch.producerId());
        boolean ofNextTransaction = asked != null
                && asked.supportsEpochBump()
                && batch.marker().isPresent()
                && batch.producerEpoch() == asked.epoch();
        if (!ofNextTransaction) {
            states.clearVerificationStateEntry(batch.producerId());
        }
    }

    /// Kafka's clock, told from outside; it never waits.
    private record OutsideTime(LongSupplier wallMillis) implements Time {
        @Override
        public long milliseconds() {
            return wallMillis.getAsLong();
        }

        @Override
        public long nanoseconds() {
            return wallMillis.getAsLong() * 1_000_000;
        }

        @Override
        public void sleep(long millis) {
            throw new UnsupportedOperationException("producer state never waits");
        }

        @Override
        public void waitObject(Object object, Supplier<Boolean> condition, long deadlineMillis) {
            throw new UnsupportedOperationException("producer state never waits");
        }
    }
}
