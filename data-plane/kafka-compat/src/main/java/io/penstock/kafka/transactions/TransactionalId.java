// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.transactions;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.record.internal.RecordBatch;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.coordinator.transaction.TransactionMetadata;
import org.apache.kafka.coordinator.transaction.TransactionState;
import org.apache.kafka.coordinator.transaction.TxnTransitMetadata;
import org.apache.kafka.server.common.TransactionVersion;

/// One transactional id, as its coordinator knows it: the producer that may use it, and its transaction.
///
/// Decides and does nothing: every change is a [TransactionStep], which counts when it is durable. One step is under
/// way at a time; meanwhile everything else is CONCURRENT_TRANSACTIONS. The rules are those of Kafka's
/// `TransactionCoordinator` (KIP-98, KIP-360, KIP-890); their states are its `TransactionMetadata`. For one thread.
public final class TransactionalId {
    private static final short LAST_EPOCH_OF_CLIENTS = Short.MAX_VALUE - 1;

    private final TransactionMetadata metadata;

    TransactionalId(TransactionMetadata metadata) {
        this.metadata = metadata;
    }

    /// An id that nobody used before, or that was forgotten.
    ///
    /// @param producerId that nobody had
    public static TransactionalId unused(String transactionalId, long producerId, long nowMillis) {
        return new TransactionalId(new TransactionMetadata(
                transactionalId,
                producerId,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_ID,
                RecordBatch.NO_PRODUCER_EPOCH,
                RecordBatch.NO_PRODUCER_EPOCH,
                0,
                TransactionState.EMPTY,
                Set.of(),
                -1,
                nowMillis,
                TransactionVersion.TV_0));
    }

    // ---- what clients ask for

    /// A producer begins, or begins anew after an error (InitProducerId): whoever used the id before is shut out. If
    /// a transaction is open, the step aborts it; ask again afterwards.
    ///
    /// @param expected the producer that asks thinks it is this one (KIP-360)
    /// @param cluster transaction version of the cluster
    /// @param freshProducerId an answer to [TransactionDecision.NeedsProducerId]
    public TransactionDecision initialize(
            int timeoutMillis,
            Optional<ProducerIdAndEpoch> expected,
            TransactionVersion cluster,
            OptionalLong freshProducerId,
            long nowMillis) {
        if (metadata.pendingTransitionInProgress()) {
            return new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
        }
        if (expected.isPresent() && !mayBe(expected.get())) {
            return new TransactionDecision.Refused(Errors.PRODUCER_FENCED);
        }
        return switch (metadata.state()) {
            case PREPARE_COMMIT, PREPARE_ABORT -> new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
            case ONGOING -> abort(cluster, freshProducerId, nowMillis);
            case EMPTY, COMPLETE_COMMIT, COMPLETE_ABORT -> {
                if (metadata.isProducerEpochExhausted()) {
                    if (expected.isPresent() && expected.get().epoch != metadata.producerEpoch()) {
                        yield new TransactionDecision.Refused(Errors.PRODUCER_FENCED);
                    }
                    yield freshProducerId.isEmpty()
                            ? new TransactionDecision.NeedsProducerId()
                            : write(metadata.prepareProducerIdRotation(
                                    freshProducerId.getAsLong(), timeoutMillis, nowMillis, expected.isPresent()));
                }
                try {
                    yield write(metadata.prepareIncrementProducerEpoch(
                            timeoutMillis, expected.map(producer -> producer.epoch), nowMillis));
                } catch (ProducerFencedException fenced) {
                    yield new TransactionDecision.Refused(Errors.PRODUCER_FENCED);
                }
            }
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible();
        };
    }

    /// The id was created just now, the producer is the present one, or it is the last one before its id was replaced
    /// and has not heard the answer.
    private boolean mayBe(ProducerIdAndEpoch producer) {
        return metadata.producerEpoch() == RecordBatch.NO_PRODUCER_EPOCH
                || producer.producerId == metadata.producerId()
                || (producer.producerId == metadata.prevProducerId()
                        && TransactionMetadata.isEpochExhausted(producer.epoch));
    }

    /// Partitions become part of the transaction, which begins if none is open.
    public TransactionDecision addPartitions(
            ProducerIdAndEpoch producer, Set<TopicPartition> partitions, TransactionVersion client, long nowMillis) {
        if (metadata.pendingTransitionInProgress()) {
            return new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
        }
        Errors stranger = check(producer);
        if (stranger != Errors.NONE) {
            return new TransactionDecision.Refused(stranger);
        }
        if (isDecided()) {
            return new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
        }
        return metadata.state() == TransactionState.ONGOING
                        && metadata.topicPartitions().containsAll(partitions)
                ? new TransactionDecision.Unchanged(producer())
                : write(metadata.prepareAddPartitions(partitions, nowMillis, client));
    }

    /// Whether partitions are part of the open transaction.
    public Map<TopicPartition, Errors> verify(ProducerIdAndEpoch producer, Set<TopicPartition> partitions) {
        Errors stranger = check(producer);
        Errors all = stranger == Errors.NONE && isDecided() ? Errors.CONCURRENT_TRANSACTIONS : stranger;
        Map<TopicPartition, Errors> answers = new HashMap<>();
        for (TopicPartition partition : partitions) {
            answers.put(
                    partition,
                    all != Errors.NONE || metadata.topicPartitions().contains(partition)
                            ? all
                            : Errors.TRANSACTION_ABORTABLE);
        }
        return answers;
    }

    private Errors check(ProducerIdAndEpoch producer) {
        if (metadata.producerId() != producer.producerId) {
            return Errors.INVALID_PRODUCER_ID_MAPPING;
        }
        return metadata.producerEpoch() == producer.epoch ? Errors.NONE : Errors.PRODUCER_FENCED;
    }

    private boolean isDecided() {
        return metadata.state() == TransactionState.PREPARE_COMMIT
                || metadata.state() == TransactionState.PREPARE_ABORT;
    }

    /// The producer ends its transaction (EndTxn).
    ///
    /// @param client the client's transaction version: from 2 on its epoch grows with every transaction, and a
    ///     transaction without partitions can be aborted
    public TransactionDecision end(
            ProducerIdAndEpoch producer,
            boolean commit,
            TransactionVersion client,
            OptionalLong freshProducerId,
            long nowMillis) {
        return client.supportsEpochBump()
                ? endRaisingEpoch(producer, commit, client, freshProducerId, nowMillis)
                : endKeepingEpoch(producer, commit, nowMillis);
    }

    private TransactionDecision endKeepingEpoch(ProducerIdAndEpoch producer, boolean commit, long nowMillis) {
        Errors stranger = check(producer);
        if (stranger != Errors.NONE) {
            return new TransactionDecision.Refused(stranger);
        }
        if (metadata.pendingTransitionInProgress()) {
            return new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
        }
        return switch (metadata.state()) {
            case ONGOING ->
                write(metadata.prepareAbortOrCommit(
                        commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT,
                        TransactionVersion.TV_0,
                        RecordBatch.NO_PRODUCER_ID,
                        nowMillis,
                        false));
            case COMPLETE_COMMIT -> commit ? unchanged() : invalid();
            case COMPLETE_ABORT -> commit ? invalid() : unchanged();
            case PREPARE_COMMIT -> commit ? concurrent() : invalid();
            case PREPARE_ABORT -> commit ? invalid() : concurrent();
            case EMPTY -> invalid();
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible();
        };
    }

    private TransactionDecision endRaisingEpoch(
            ProducerIdAndEpoch producer,
            boolean commit,
            TransactionVersion client,
            OptionalLong freshProducerId,
            long nowMillis) {
        if (metadata.pendingTransitionInProgress()) {
            return concurrent();
        }
        // The same epoch would mean the next transaction: a retry comes with the epoch before.
        boolean retryOfLast = metadata.prevProducerId() == producer.producerId
                && producer.epoch == LAST_EPOCH_OF_CLIENTS
                && metadata.producerEpoch() == 0;
        boolean retry = retryOfLast || metadata.producerEpoch() == producer.epoch + 1;
        if (metadata.producerId() != producer.producerId && !retryOfLast) {
            return new TransactionDecision.Refused(Errors.INVALID_PRODUCER_ID_MAPPING);
        }
        boolean current = producer.epoch == metadata.producerEpoch();
        return switch (metadata.state()) {
            case ONGOING -> current ? prepare(commit, client, freshProducerId, false, nowMillis) : fenced();
            case EMPTY -> {
                if (!current) {
                    yield fenced();
                }
                yield commit ? invalid() : prepare(false, client, freshProducerId, true, nowMillis);
            }
            case COMPLETE_COMMIT, COMPLETE_ABORT -> {
                if (!current && !retry) {
                    yield fenced();
                }
                if (retry) {
                    yield commit == (metadata.state() == TransactionState.COMPLETE_COMMIT) ? unchanged() : invalid();
                }
                yield commit ? invalid() : prepare(false, client, freshProducerId, true, nowMillis);
            }
            case PREPARE_COMMIT, PREPARE_ABORT -> {
                if (!retry) {
                    yield fenced();
                }
                yield commit == (metadata.state() == TransactionState.PREPARE_COMMIT) ? concurrent() : invalid();
            }
            case DEAD, PREPARE_EPOCH_FENCE -> throw impossible();
        };
    }

    private TransactionDecision prepare(
            boolean commit,
            TransactionVersion version,
            OptionalLong freshProducerId,
            boolean withoutPartitions,
            long nowMillis) {
        if (metadata.isProducerEpochExhausted() && freshProducerId.isEmpty()) {
            return new TransactionDecision.NeedsProducerId();
        }
        return write(metadata.prepareAbortOrCommit(
                commit ? TransactionState.PREPARE_COMMIT : TransactionState.PREPARE_ABORT,
                version,
                metadata.isProducerEpochExhausted() ? freshProducerId.getAsLong() : RecordBatch.NO_PRODUCER_ID,
                nowMillis,
                withoutPartitions));
    }

    // ---- what the coordinator does by itself

    /// Whether the transaction has been open for longer than its producer allowed.
    public boolean isTimedOut(long nowMillis) {
        return metadata.state() == TransactionState.ONGOING
                && !metadata.pendingTransitionInProgress()
                && metadata.txnStartTimestamp() + metadata.txnTimeoutMs() < nowMillis;
    }

    /// Aborts the open transaction and shuts its producer out.
    public TransactionDecision abort(TransactionVersion cluster, OptionalLong freshProducerId, long nowMillis) {
        if (metadata.state() != TransactionState.ONGOING || metadata.pendingTransitionInProgress()) {
            return concurrent();
        }
        if (cluster.supportsEpochBump()) {
            return prepare(false, cluster, freshProducerId, false, nowMillis);
        }
        TxnTransitMetadata raised = metadata.prepareFenceProducerEpoch();
        metadata.pendingState(Optional.empty());
        metadata.setProducerEpoch(raised.producerEpoch());
        metadata.setLastProducerEpoch(RecordBatch.NO_PRODUCER_EPOCH);
        return new TransactionDecision.Write(new TransactionStep(
                metadata.transactionalId(),
                metadata.prepareAbortOrCommit(
                        TransactionState.PREPARE_ABORT,
                        TransactionVersion.TV_0,
                        RecordBatch.NO_PRODUCER_ID,
                        nowMillis,
                        false),
                true));
    }

    /// The last step of a decided transaction: to be written when every partition has its marker. It has begun with
    /// this call; what comes meanwhile is CONCURRENT_TRANSACTIONS.
    public TransactionStep completion(long nowMillis) {
        return new TransactionStep(metadata.transactionalId(), metadata.prepareComplete(nowMillis), false);
    }

    /// Whether nobody used the id for so long that it may be forgotten.
    public boolean isExpired(long nowMillis, long expirationMillis) {
        return !metadata.pendingTransitionInProgress()
                && metadata.state().isExpirationAllowed()
                && metadata.txnLastUpdateTimestamp() <= nowMillis - expirationMillis;
    }

    /// Forgets the id: when the step, a tombstone, is durable, this object is to be dropped.
    public TransactionStep forgetting() {
        return new TransactionStep(metadata.transactionalId(), metadata.prepareDead(), false);
    }

    // ---- steps

    private TransactionDecision write(TxnTransitMetadata to) {
        return new TransactionDecision.Write(new TransactionStep(metadata.transactionalId(), to, false));
    }

    /// The step is durable.
    public void applied(TransactionStep step) {
        metadata.completeTransitionTo(step.to);
    }

    /// The step may be durable or not; the state is the one before.
    public void failed(TransactionStep step) {
        metadata.pendingState(Optional.empty());
        if (step.raisedEpoch) {
            metadata.hasFailedEpochFence(true); // nobody was told of the raised epoch: it is not raised again
        }
    }

    /// A partition has its marker, or needs none.
    public void ended(TopicPartition partition) {
        metadata.removePartition(partition);
    }

    // ---- what is told of it

    public String id() {
        return metadata.transactionalId();
    }

    public ProducerIdAndEpoch producer() {
        return new ProducerIdAndEpoch(metadata.producerId(), metadata.producerEpoch());
    }

    /// Of the transaction; those that have no marker yet once it is decided.
    public Set<TopicPartition> partitions() {
        return Set.copyOf(metadata.topicPartitions());
    }

    /// Whether it is decided, and markers are under way.
    public boolean isPrepared() {
        return isDecided();
    }

    /// How a decided transaction ends.
    public boolean commits() {
        return metadata.state() == TransactionState.PREPARE_COMMIT;
    }

    /// Of the transaction: 2 if its markers have an epoch of their own.
    public short transactionVersion() {
        return metadata.clientTransactionVersion().featureLevel();
    }

    /// As Kafka's tools name it.
    public String stateName() {
        return metadata.state().stateName();
    }

    public int timeoutMillis() {
        return metadata.txnTimeoutMs();
    }

    /// When the transaction began, milliseconds since the epoch; -1 if there was none.
    public long startedAtMillis() {
        return metadata.txnStartTimestamp();
    }

    private TransactionDecision unchanged() {
        return new TransactionDecision.Unchanged(producer());
    }

    private static TransactionDecision concurrent() {
        return new TransactionDecision.Refused(Errors.CONCURRENT_TRANSACTIONS);
    }

    private static TransactionDecision fenced() {
        return new TransactionDecision.Refused(Errors.PRODUCER_FENCED);
    }

    private static TransactionDecision invalid() {
        return new TransactionDecision.Refused(Errors.INVALID_TXN_STATE);
    }

    private IllegalStateException impossible() {
        return new IllegalStateException(metadata.transactionalId() + " is in state " + metadata.state());
    }

    @Override
    public String toString() {
        return metadata.toString();
    }
}
