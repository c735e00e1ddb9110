// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.producers.AbortedTransactions;
import io.penstock.kafka.producers.ProducerBatch;
import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.kafka.producers.ProducerStates;
import io.penstock.kafka.producers.ProducerVerdict;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.producers.VerificationStart;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.InvalidBatch;
import io.penstock.kafka.records.TransactionMarker;
import io.penstock.log.AppendOrigin;
import io.penstock.log.AppendRefusal;
import io.penstock.log.Durability;
import io.penstock.log.Isolation;
import io.penstock.log.PartitionOffsets;
import io.penstock.log.PartitionRef;
import io.penstock.log.Sequencing;
import io.penstock.log.TransactionVerification;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ProducerSnapshot.Producers;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.EpochStartOffset;
import io.penstock.log.read.PartitionSources;
import io.penstock.log.read.TailBatch;
import io.penstock.log.read.TailIndex;
import io.penstock.objectstore.layout.LeaderEpoch;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.LongPredicate;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// One partition that we lead: gives batches their offsets, and knows where its durable batches are.
///
/// Nothing it tells readers lies beyond the high watermark, and that follows the durable frontier (R3). What
/// was appended and is not durable lives only here and in the WAL; when the shard is fenced the whole object
/// goes. Costs little while idle: producer state exists only once an idempotent producer has come.
final class PartitionLog {
    /// Kafka's default of `producer.id.expiration.ms`: a day.
    private static final int PRODUCER_EXPIRATION_MILLIS = 86_400_000;

    private final PartitionRef ref;
    private final LeaderEpoch epoch;
    private final LongSupplier wallMillis;
    private final EpochHistory epochs = new EpochHistory();
    private final PartitionSources sources = new PartitionSources();
    private @Nullable ProducerStates producers;
    private @Nullable ArrayDeque<Pending> pending;
    private long logStartOffset;
    private long endOffset;
    private long highWatermark;
    private boolean dropped;

    /// Appended, and not durable yet.
    private record Pending(long lastOffset, CompletableFuture<Durability> durability) {}

    PartitionLog(PartitionRef ref, LeaderEpoch epoch, LongSupplier wallMillis) {
        this.ref = ref;
        this.epoch = epoch;
        this.wallMillis = wallMillis;
    }

    PartitionRef ref() {
        return ref;
    }

    PartitionSources sources() {
        return sources;
    }

    EpochHistory epochs() {
        return epochs;
    }

    long logStartOffset() {
        return logStartOffset;
    }

    long endOffset() {
        return endOffset;
    }

    long highWatermark() {
        return highWatermark;
    }

    boolean dropped() {
        return dropped;
    }

    void drop() {
        dropped = true;
    }

    /// Below it every transaction is decided, durably.
    long lastStableOffset() {
        ProducerStates states = producers;
        if (states == null) {
            return highWatermark;
        }
        OptionalLong unstable = states.firstUnstableOffset();
        // The beginning of an open transaction may be deleted.
        return unstable.isPresent()
                ? Math.min(highWatermark, Math.max(unstable.getAsLong(), logStartOffset))
                : highWatermark;
    }

    /// Readers see nothing at or beyond it.
    long bound(Isolation isolation) {
        return switch (isolation) {
            case READ_UNCOMMITTED -> highWatermark;
            case READ_COMMITTED -> lastStableOffset();
        };
    }

    PartitionOffsets offsets() {
        return new PartitionOffsets(epoch, logStartOffset, lastStableOffset(), highWatermark, endOffset);
    }

    /// Aborted transactions as known now: enough for a read of what is below the bounds of now.
    AbortedTransactions aborted() {
        ProducerStates states = producers;
        return states == null ? AbortedTransactions.NONE : states.aborted();
    }

    /// Judges the batches, and if they are in order gives them their offsets and hands them to the WAL.
    ///
    /// @param terms what is known of the batches' transaction
    /// @param comesTooEarly whether an unknown producer that does not begin with its first batch is to come again
    /// @param wal takes an index and the batch, answers when it will be durable
    Sequencing append(
            ByteBuffer batches,
            AppendOrigin origin,
            TransactionTerms terms,
            LongPredicate comesTooEarly,
            BiFunction<BatchIndex, ByteBuffer, CompletableFuture<Durability>> wal) {
        if (dropped) {
            return new Sequencing.Refused(AppendRefusal.DROPPED, "the topic is deleted");
        }
        List<BatchHeader> headers;
        List<BatchIndex> rows;
        List<ProducerBatch> produced = new ArrayList<>(0);
        try {
            headers = BatchHeader.all(batches);
            if (headers.isEmpty()) {
                throw new InvalidBatch("no record batch at all");
            }
            rows = new ArrayList<>(headers.size());
            long next = endOffset;
            for (BatchHeader header : headers) {
                Optional<TransactionMarker> marker = checked(header, batches, origin);
                BatchIndex row = row(header, marker, next);
                rows.add(row);
                if (header.hasProducerId()) {
                    produced.add(ProducerReplay.producerBatch(row, wallMillis.getAsLong()));
                }
                next = row.lastOffset() + 1;
            }
        } catch (InvalidBatch invalid) {
            return new Sequencing.Refused(AppendRefusal.INVALID_BATCH, String.valueOf(invalid.getMessage()));
        }
        if (!produced.isEmpty()) {
            ProducerStates states = producerStates();
            ProducerBatch first = produced.getFirst();
            if (origin == AppendOrigin.CLIENT
                    && !first.transactional()
                    && first.firstSequence() > 0
                    && !states.knows(first.producerId())
                    && comesTooEarly.test(first.producerId())) {
                return new Sequencing.Refused(
                        AppendRefusal.OVERLOADED,
                        "producer " + first.producerId() + " is not known here and begins at sequence "
                                + first.firstSequence() + ": what comes before it may still be on the way");
            }
            switch (states.judge(produced, origin == AppendOrigin.CLIENT, terms)) {
                case ProducerVerdict.Accepted accepted -> states.apply(accepted);
                case ProducerVerdict.Duplicate(long base, long last) -> {
                    return new Sequencing.Sequenced(base, last, logStartOffset, true, durabilityOf(last));
                }
                case ProducerVerdict.Rejected(ProducerVerdict.Reason reason, String detail) -> {
                    return new Sequencing.Refused(refusal(reason), detail);
                }
            }
        }
        CompletableFuture<Durability> durability = CompletableFuture.completedFuture(Durability.DURABLE);
        for (int i = 0; i < rows.size(); i++) {
            BatchIndex row = rows.get(i);
            durability = wal.apply(row, headers.get(i).bytesIn(batches));
            epochs.appended(row.epoch().number(), row.baseOffset());
        }
        long base = endOffset;
        endOffset = rows.getLast().lastOffset() + 1;
        if (pending == null) {
            pending = new ArrayDeque<>(4);
        }
        pending.addLast(new Pending(endOffset - 1, durability));
        return new Sequencing.Sequenced(base, endOffset - 1, logStartOffset, false, durability);
    }

    private static Optional<TransactionMarker> checked(BatchHeader header, ByteBuffer batches, AppendOrigin origin) {
        if (header.recordCount() < 1 || header.lastOffsetDelta() != header.recordCount() - 1) {
            throw new InvalidBatch("a record batch of " + header.recordCount() + " records with last offset delta "
                    + header.lastOffsetDelta());
        }
        if (!header.control()) {
            return Optional.empty();
        }
        if (origin == AppendOrigin.CLIENT) {
            throw new InvalidBatch("clients may not append control batches");
        }
        return TransactionMarker.in(header.bytesIn(batches));
    }

    private BatchIndex row(BatchHeader header, Optional<TransactionMarker> marker, long baseOffset) {
        boolean control = header.control();
        return new BatchIndex(
                ref.topicId(),
                ref.partition(),
                ref.shard(),
                epoch,
                baseOffset,
                baseOffset + header.lastOffsetDelta(),
                header.recordCount(),
                header.baseTimestamp(),
                header.maxTimestamp(),
                header.producerId(),
                header.producerEpoch(),
                control ? ProducerReplay.markerField(marker) : header.baseSequence(),
                control ? ProducerReplay.coordinatorEpochField(marker) : header.lastSequence(),
                header.transactional(),
                control,
                0,
                header.sizeInBytes());
    }

    /// As [ProducerStates#startVerification].
    TransactionVerification startVerification(
            long producerId, short producerEpoch, int firstSequence, boolean epochPerTransaction) {
        if (dropped) {
            return new TransactionVerification.Refused(AppendRefusal.DROPPED, "the topic is deleted");
        }
        return switch (producerStates()
                .startVerification(producerId, producerEpoch, firstSequence, epochPerTransaction)) {
            case VerificationStart.Ongoing() -> new TransactionVerification.Ongoing();
            case VerificationStart.Needed(TransactionTerms terms) -> new TransactionVerification.Needed(terms);
            case VerificationStart.Rejected(ProducerVerdict.Reason reason, String detail) ->
                new TransactionVerification.Refused(refusal(reason), detail);
        };
    }

    /// Producers as readers are told of them (KIP-664).
    List<ProducerEntry> producers() {
        ProducerStates states = producers;
        return states == null ? List.of() : states.entries();
    }

    private static AppendRefusal refusal(ProducerVerdict.Reason reason) {
        return switch (reason) {
            case OUT_OF_ORDER_SEQUENCE -> AppendRefusal.OUT_OF_ORDER_SEQUENCE;
            case INVALID_PRODUCER_EPOCH -> AppendRefusal.INVALID_PRODUCER_EPOCH;
            case UNKNOWN_PRODUCER_ID -> AppendRefusal.UNKNOWN_PRODUCER;
            case DUPLICATE_SEQUENCE -> AppendRefusal.DUPLICATE_TOO_OLD;
            case INVALID_TRANSACTION -> AppendRefusal.INVALID_TRANSACTION;
            case TRANSACTION_COORDINATOR_FENCED -> AppendRefusal.COORDINATOR_FENCED;
        };
    }

    /// "Duplicate: success" follows the frontier, too (R3).
    private CompletableFuture<Durability> durabilityOf(long lastOffset) {
        if (lastOffset >= highWatermark && pending != null) {
            for (Pending one : pending) {
                if (one.lastOffset() >= lastOffset) {
                    return one.durability();
                }
            }
        }
        return CompletableFuture.completedFuture(Durability.DURABLE);
    }

    /// One of our batches has become durable; they come in offset order.
    void durable(TailBatch batch) {
        sources.tail().add(batch);
        advance(batch.index().lastOffset() + 1);
    }

    /// Whatever comes, in whatever order: only for tests that switch rules off.
    void durableUnchecked(TailBatch batch) {
        sources.tail().insert(batch);
        advance(Math.max(highWatermark, batch.index().lastOffset() + 1));
    }

    private void advance(long to) {
        highWatermark = to;
        if (pending != null) {
            while (!pending.isEmpty() && pending.getFirst().lastOffset() < highWatermark) {
                pending.removeFirst();
            }
            if (pending.isEmpty()) {
                pending = null;
            }
        }
        if (producers != null) {
            producers.highWatermarkIs(highWatermark);
        }
    }

    /// Bytes of what readers can still ask for, and of what lies in the same stretches.
    long retainedBytes() {
        return stretches().stream()
                .filter(stretch -> stretch.lastOffset() >= logStartOffset)
                .mapToLong(Retention.Stretch::bytes)
                .sum();
    }

    /// The whole durable log as retention sees it: segments, and what is not in segments yet as one.
    List<Retention.Stretch> stretches() {
        List<Retention.Stretch> stretches = new ArrayList<>();
        for (ShardManifest.PageRef page : sources.pages()) {
            stretches.add(new Retention.Stretch(page.lastOffset(), page.bytes(), page.maxTimestamp()));
        }
        for (ShardManifest.Part part : sources.segments()) {
            stretches.add(new Retention.Stretch(part.lastOffset(), part.size(), part.maxTimestamp()));
        }
        TailIndex tail = sources.tail();
        long bytes = 0;
        long maxTimestamp = -1;
        for (int i = tail.find(Math.max(sources.foldedBelow(), logStartOffset)); i < tail.size(); i++) {
            BatchIndex row = tail.get(i).index();
            bytes += row.size();
            maxTimestamp = Math.max(maxTimestamp, row.maxTimestamp());
        }
        if (bytes > 0) {
            stretches.add(new Retention.Stretch(highWatermark - 1, bytes, maxTimestamp));
        }
        return stretches;
    }

    private ProducerStates producerStates() {
        ProducerStates states = producers;
        if (states == null) {
            states = new ProducerStates(
                    ref.topicId().toString(), ref.partition(), PRODUCER_EXPIRATION_MILLIS, wallMillis);
            producers = states;
        }
        return states;
    }

    /// Producers as of the log end offset; empty if there never was one.
    Optional<Producers> producerSnapshot() {
        ProducerStates states = producers;
        if (states == null) {
            return Optional.empty();
        }
        states.removeExpired(wallMillis.getAsLong());
        return states.isEmpty()
                ? Optional.empty()
                : Optional.of(new Producers(
                        endOffset, states.entries(), states.aborted().asList()));
    }

    // Recovery: the manifest first, then the producers, then the tail.

    void loadManifest(ShardManifest.Partition partition) {
        logStartOffset = partition.logStartOffset();
        endOffset = partition.endOffset();
        highWatermark = endOffset;
        for (EpochStartOffset start : partition.epochs()) {
            epochs.appended(start.epoch(), start.offset());
        }
        sources.folded(partition.pages(), partition.segments(), partition.endOffset());
    }

    void loadProducers(Producers saved) {
        producerStates().load(saved.entries(), saved.aborted(), saved.endOffset());
    }

    /// A durable batch of an earlier epoch that no segment holds.
    void replay(TailBatch batch) {
        BatchIndex row = batch.index();
        epochs.appended(row.epoch().number(), row.baseOffset());
        if (row.producerId() != BatchHeader.NO_PRODUCER_ID) {
            producerStates().replay(ProducerReplay.producerBatch(row, wallMillis.getAsLong()));
        }
        endOffset = row.lastOffset() + 1;
        durable(batch);
    }

    /// Records below the offset are gone, durably. Only grows.
    void raiseLogStart(long offset) {
        logStartOffset = Math.max(logStartOffset, Math.min(offset, endOffset));
        epochs.trim(logStartOffset);
        if (producers != null) {
            producers.forgetAbortedBelow(logStartOffset);
        }
    }
}
