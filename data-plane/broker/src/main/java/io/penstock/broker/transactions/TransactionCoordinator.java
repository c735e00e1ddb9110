// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.kafka.transactions.TransactionDecision;
import io.penstock.kafka.transactions.TransactionReplay;
import io.penstock.kafka.transactions.TransactionStep;
import io.penstock.kafka.transactions.TransactionalId;
import io.penstock.log.AppendOrigin;
import io.penstock.log.ClusterLog;
import io.penstock.log.Durability;
import io.penstock.log.Isolation;
import io.penstock.log.LogRuntime;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Carries out what [TransactionalId] decides, for the partitions of the transaction log that are led here: makes steps
/// durable, sends markers until every partition has its own, aborts what is open for too long, forgets what nobody
/// uses.
///
/// Answers say only what is durable, or was in memory while a read barrier proved that nobody else leads. Everything
/// runs on one actor. One step of an id is under way at a time; requests that meet it wait for it for a while, and
/// partitions that are added meanwhile become one step.
final class TransactionCoordinator {
    private static final Logger log = LoggerFactory.getLogger(TransactionCoordinator.class);
    private static final int PAGE_BYTES = 5 << 20; // as Kafka's transaction.state.log.load.buffer.size

    private final ClusterContext cluster;
    private final PeerBrokers peers;
    private final LogRuntime runtime;
    private final Executor actor;
    private final TransactionSettings settings;
    private final Function<String, OptionalInt> homeOf;
    private final Map<Integer, LedPartition> led = new TreeMap<>();
    private boolean checking;
    private long expirationCheckedNanos;

    /// @param homeOf the partition that is an id's home; empty if there is no transaction log
    TransactionCoordinator(
            ClusterContext cluster,
            PeerBrokers peers,
            LogRuntime runtime,
            Executor actor,
            TransactionSettings settings,
            Function<String, OptionalInt> homeOf) {
        this.cluster = cluster;
        this.peers = peers;
        this.runtime = runtime;
        this.actor = actor;
        this.settings = settings;
        this.homeOf = homeOf;
        this.expirationCheckedNanos = runtime.nanos();
    }

    // ---- leading

    /// Loads the partition, and goes on with whatever is decided in it and has not ended.
    void elected(int partition, PartitionRef ref, int epoch, ClusterLog clusterLog) {
        LedPartition fresh = new LedPartition(ref, epoch, clusterLog);
        resigned(partition);
        led.put(partition, fresh);
        load(partition, fresh, 0, new HashMap<>());
    }

    void resigned(int partition) {
        LedPartition gone = led.remove(partition);
        if (gone != null) {
            gone.ids.values().forEach(entry -> {
                entry.waiting.forEach(ask -> ask.answer(TransactionAnswer.failed(Errors.NOT_COORDINATOR)));
                entry.waiting.clear();
            });
        }
    }

    void resigned(ShardId shard) {
        led.values().stream()
                .filter(partition -> partition.ref.shard().equals(shard))
                .map(partition -> partition.ref.partition())
                .toList()
                .forEach(this::resigned);
    }

    /// The epoch at which the partition is led here.
    OptionalInt epochOf(int partition) {
        LedPartition present = led.get(partition);
        return present == null ? OptionalInt.empty() : OptionalInt.of(present.epoch);
    }

    Set<Integer> ledPartitions() {
        return Set.copyOf(led.keySet());
    }

    private boolean isLed(LedPartition partition) {
        return led.get(partition.ref.partition()) == partition;
    }

    private void load(int partition, LedPartition into, long offset, Map<String, TransactionalId> known) {
        into.log
                .read(into.ref, offset, PAGE_BYTES, Isolation.READ_UNCOMMITTED)
                .thenAcceptAsync(
                        outcome -> {
                            if (!isLed(into)) {
                                return;
                            }
                            switch (outcome) {
                                case ReadOutcome.Records records -> loaded(partition, into, offset, records, known);
                                case ReadOutcome.OutOfRange range -> {
                                    if (offset < range.logStartOffset()) {
                                        load(partition, into, range.logStartOffset(), known);
                                    } else {
                                        loaded(into, known);
                                    }
                                }
                                case ReadOutcome.NotLeader notLeader -> resigned(partition);
                                case ReadOutcome.Unavailable unavailable ->
                                    runtime.schedule(settings.again(), actor, () -> {
                                        if (isLed(into)) {
                                            load(partition, into, offset, known);
                                        }
                                    });
                            }
                        },
                        actor);
    }

    private void loaded(
            int partition,
            LedPartition into,
            long offset,
            ReadOutcome.Records records,
            Map<String, TransactionalId> known) {
        long next = Math.max(offset, records.logStartOffset());
        for (ByteBuffer batches : records.batches()) {
            next = TransactionReplay.replay(batches, next, known);
        }
        if (next >= records.highWatermark()) {
            loaded(into, known);
        } else if (next > offset) {
            load(partition, into, next, known);
        } else {
            log.error("cluster={} {} has nothing at {} below its end", cluster.clusterId(), into.ref, offset);
        }
    }

    private void loaded(LedPartition into, Map<String, TransactionalId> known) {
        into.loaded = true;
        known.forEach((name, id) -> into.ids.put(name, new LedPartition.Entry(id)));
        if (!known.isEmpty()) {
            log.info(
                    "cluster={} partition={} leaderEpoch={} transactional ids loaded: {}",
                    cluster.clusterId(),
                    into.ref.partition(),
                    into.epoch,
                    known.size());
        }
        into.ids.values().stream().filter(entry -> entry.id.isPrepared()).forEach(entry -> {
            entry.completion = entry.id.completion(runtime.wallMillis());
            sendMarkers(into, entry, entry.id.partitions());
        });
        checkLater();
    }

    // ---- requests

    void perform(String transactionalId, Ask ask) {
        perform(transactionalId, ask, OptionalLong.empty());
    }

    private void perform(String transactionalId, Ask ask, OptionalLong freshProducerId) {
        switch (find(transactionalId)) {
            case Found.Nowhere(Errors error) -> ask.answer(TransactionAnswer.failed(error));
            case Found.Unknown(LedPartition home) -> {
                if (!(ask instanceof Ask.Initialize)) {
                    proven(home, ask, TransactionAnswer.failed(Errors.INVALID_PRODUCER_ID_MAPPING));
                } else if (freshProducerId.isEmpty()) {
                    askAgainWithProducerId(transactionalId, ask);
                } else {
                    home.ids.put(
                            transactionalId,
                            new LedPartition.Entry(TransactionalId.unused(
                                    transactionalId, freshProducerId.getAsLong(), runtime.wallMillis())));
                    checkLater();
                    perform(transactionalId, ask, OptionalLong.empty());
                }
            }
            case Found.Known(LedPartition home, LedPartition.Entry entry) -> {
                switch (ask.decide(entry.id, freshProducerId)) {
                    case TransactionDecision.Refused(Errors error) -> {
                        if (error == Errors.CONCURRENT_TRANSACTIONS) {
                            await(entry, ask);
                        } else {
                            proven(home, ask, TransactionAnswer.failed(error));
                        }
                    }
                    case TransactionDecision.Unchanged(ProducerIdAndEpoch producer) ->
                        proven(home, ask, ask.unchanged(producer));
                    case TransactionDecision.NeedsProducerId() -> askAgainWithProducerId(transactionalId, ask);
                    case TransactionDecision.Write(TransactionStep step) -> write(home, entry, step, ask);
                }
            }
        }
    }

    private void askAgainWithProducerId(String transactionalId, Ask ask) {
        cluster.producerIds()
                .next()
                .whenCompleteAsync(
                        (id, failure) -> {
                            if (failure == null) {
                                perform(transactionalId, ask, OptionalLong.of(id));
                            } else {
                                ask.answer(TransactionAnswer.failed(Errors.COORDINATOR_NOT_AVAILABLE));
                            }
                        },
                        actor);
    }

    /// Where an id is.
    private sealed interface Found {
        /// Not here, or not loaded yet.
        record Nowhere(Errors error) implements Found {}

        /// Here it would be, but nobody used it.
        record Unknown(LedPartition home) implements Found {}

        record Known(LedPartition home, LedPartition.Entry entry) implements Found {}
    }

    private Found find(String transactionalId) {
        OptionalInt partition = homeOf.apply(transactionalId);
        LedPartition home = partition.isEmpty() ? null : led.get(partition.getAsInt());
        if (home == null) {
            return new Found.Nowhere(Errors.NOT_COORDINATOR);
        }
        if (!home.loaded) {
            return new Found.Nowhere(Errors.COORDINATOR_LOAD_IN_PROGRESS);
        }
        LedPartition.Entry entry = home.ids.get(transactionalId);
        return entry == null ? new Found.Unknown(home) : new Found.Known(home, entry);
    }

    /// What memory alone says is told only if nobody else leads by now (R10).
    private void proven(LedPartition home, Ask ask, TransactionAnswer answer) {
        home.log
                .readBarrier()
                .thenAccept(proven -> ask.answer(proven ? answer : TransactionAnswer.failed(Errors.NOT_COORDINATOR)));
    }

    private void await(LedPartition.Entry entry, Ask ask) {
        if (!ask.mayWait(runtime.nanos(), settings.patience().toNanos())) {
            ask.answer(TransactionAnswer.failed(Errors.CONCURRENT_TRANSACTIONS));
            return;
        }
        entry.waiting.add(ask);
        runtime.schedule(settings.patience(), actor, () -> {
            if (entry.waiting.remove(ask)) {
                ask.answer(TransactionAnswer.failed(Errors.CONCURRENT_TRANSACTIONS));
            }
        });
    }

    /// A step has ended: whoever waited for it decides anew, in order.
    private void wake(LedPartition.Entry entry) {
        List<Ask> woken = merged(entry.waiting);
        entry.waiting.clear();
        woken.forEach(ask -> perform(entry.id.id(), ask, OptionalLong.empty()));
    }

    /// Additions that go together become one, so that a transaction over many brokers waits for the store once.
    private List<Ask> merged(List<Ask> waiting) {
        List<Ask> merged = new ArrayList<>();
        Ask.Add open = null;
        for (Ask ask : waiting) {
            if (open != null && ask instanceof Ask.Add add && open.goesWith(add)) {
                Ask.Add both = open.with(add);
                both.answer.thenAccept(open::answer);
                both.answer.thenAccept(add::answer);
                merged.set(merged.size() - 1, both);
                open = both;
            } else {
                merged.add(ask);
                open = ask instanceof Ask.Add add ? add : null;
            }
        }
        return merged;
    }

    // ---- steps

    /// The cluster's, from any thread.
    TransactionVersion version() {
        return TransactionVersion.fromFeatureLevel(cluster.image()
                .kafka()
                .features()
                .finalizedVersions()
                .getOrDefault(TransactionVersion.FEATURE_NAME, (short) 0));
    }

    /// What became of a step.
    private enum Written {
        DURABLE,
        /// Somebody else coordinates by now.
        NOT_HERE,
        /// It may become durable or not.
        UNKNOWN,
        /// It never will.
        REFUSED
    }

    private CompletableFuture<Written> append(LedPartition home, TransactionStep step) {
        return home.log
                .append(home.ref, step.batch(version(), runtime.wallMillis()), AppendOrigin.COORDINATOR)
                .thenCompose(sequencing -> switch (sequencing) {
                    case Sequencing.Sequenced place -> place.durability().thenApply(TransactionCoordinator::outcome);
                    case Sequencing.Refused refused ->
                        CompletableFuture.completedFuture(
                                switch (refused.reason()) {
                                    case NOT_LEADER, DROPPED -> Written.NOT_HERE;
                                    case OVERLOADED -> Written.UNKNOWN;
                                    case INVALID_BATCH,
                                            OUT_OF_ORDER_SEQUENCE,
                                            INVALID_PRODUCER_EPOCH,
                                            UNKNOWN_PRODUCER,
                                            DUPLICATE_TOO_OLD,
                                            INVALID_TRANSACTION,
                                            COORDINATOR_FENCED -> {
                                        log.error(
                                                "cluster={} {} refused: {} {}",
                                                cluster.clusterId(),
                                                step,
                                                refused.reason(),
                                                refused.detail());
                                        yield Written.REFUSED;
                                    }
                                });
                });
    }

    private static Written outcome(Durability durability) {
        return switch (durability) {
            case DURABLE -> Written.DURABLE;
            case FENCED -> Written.NOT_HERE;
            case UNDECIDED -> Written.UNKNOWN;
        };
    }

    private void write(LedPartition home, LedPartition.Entry entry, TransactionStep step, Ask ask) {
        append(home, step)
                .thenAcceptAsync(
                        written -> {
                            if (!isLed(home)) {
                                ask.answer(TransactionAnswer.failed(Errors.NOT_COORDINATOR));
                                return;
                            }
                            switch (written) {
                                case DURABLE -> applied(home, entry, step, ask);
                                case NOT_HERE -> {
                                    entry.id.failed(step);
                                    ask.answer(TransactionAnswer.failed(Errors.NOT_COORDINATOR));
                                    wake(entry);
                                }
                                case UNKNOWN -> {
                                    entry.id.failed(step);
                                    ask.answer(TransactionAnswer.failed(Errors.COORDINATOR_NOT_AVAILABLE));
                                    wake(entry);
                                }
                                case REFUSED -> {
                                    entry.id.failed(step);
                                    ask.answer(TransactionAnswer.failed(Errors.UNKNOWN_SERVER_ERROR));
                                    wake(entry);
                                }
                            }
                        },
                        actor);
    }

    private void applied(LedPartition home, LedPartition.Entry entry, TransactionStep step, Ask ask) {
        entry.id.applied(step);
        if (!step.isPrepared()) {
            ask.answer(TransactionAnswer.done(step.producer()));
            wake(entry);
            return;
        }
        TransactionStep completion = entry.id.completion(runtime.wallMillis());
        entry.completion = completion;
        switch (ask) {
            case Ask.End end -> end.answer(end.prepared(completion));
            // Its predecessor's transaction is in the way: it goes on when that has ended.
            case Ask.Initialize initialize -> await(entry, initialize);
            case Ask.TimeOut timeOut -> {
                log.info(
                        "cluster={} transactionalId={} aborted, open for longer than {} ms",
                        cluster.clusterId(),
                        entry.id.id(),
                        entry.id.timeoutMillis());
                timeOut.answer(TransactionAnswer.done(completion.producer()));
            }
            case Ask.Add add -> throw new IllegalStateException("partitions were added by a decision");
        }
        sendMarkers(home, entry, entry.id.partitions());
    }

    // ---- markers

    /// Sends the transaction's marker to the leaders of the partitions. Partitions whose topic is gone need none; those
    /// without a leader, and those that could not be reached, are tried again for as long as we coordinate.
    private void sendMarkers(LedPartition home, LedPartition.Entry entry, Collection<TopicPartition> partitions) {
        ClusterImage image = cluster.image();
        Map<Leader, List<TopicPartition>> byLeader = new LinkedHashMap<>();
        Set<TopicPartition> leaderless = new HashSet<>();
        for (TopicPartition partition : partitions) {
            var topicId = image.topicId(partition.topic());
            if (topicId.isEmpty()
                    || image.shardOf(topicId.get(), partition.partition()).isEmpty()) {
                entry.id.ended(partition);
                continue;
            }
            image.leaderOf(topicId.get(), partition.partition())
                    .ifPresentOrElse(
                            leader -> byLeader.computeIfAbsent(leader, any -> new ArrayList<>())
                                    .add(partition),
                            () -> leaderless.add(partition));
        }
        byLeader.forEach((leader, some) -> sendMarker(home, entry, leader, some));
        sendAgain(home, entry, leaderless);
        if (entry.id.partitions().isEmpty()) {
            complete(home, entry);
        }
    }

    private void sendMarker(
            LedPartition home, LedPartition.Entry entry, Leader leader, List<TopicPartition> partitions) {
        TransactionStep completion = entry.completion;
        ProducerIdAndEpoch producer = entry.id.producer();
        TxnMarkerEntry marker = new TxnMarkerEntry(
                producer.producerId,
                producer.epoch,
                home.epoch,
                entry.id.commits() ? TransactionResult.COMMIT : TransactionResult.ABORT,
                partitions,
                entry.id.transactionVersion());
        peers.ask(leader, new WriteTxnMarkersRequest.Builder(List.of(marker)))
                .handleAsync(
                        (response, failure) -> {
                            if (isLed(home) && entry.completion == completion) {
                                markersAnswered(home, entry, errors(response, producer, partitions));
                            }
                            return null;
                        },
                        actor);
    }

    /// No answer at all counts as one that asks to come again.
    private static Map<TopicPartition, Errors> errors(
            @Nullable AbstractResponse response, ProducerIdAndEpoch producer, List<TopicPartition> partitions) {
        Map<TopicPartition, Errors> told = response instanceof WriteTxnMarkersResponse markers
                ? markers.errorsByProducerId().getOrDefault(producer.producerId, Map.of())
                : Map.of();
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, told.getOrDefault(partition, Errors.NETWORK_EXCEPTION)));
        return errors;
    }

    private void markersAnswered(LedPartition home, LedPartition.Entry entry, Map<TopicPartition, Errors> answers) {
        Set<TopicPartition> again = new HashSet<>();
        answers.forEach((partition, error) -> {
            switch (error) {
                case NONE -> entry.id.ended(partition);
                case INVALID_PRODUCER_EPOCH -> {
                    // Whatever is open there belongs to a later epoch, and so to another transaction.
                    log.warn(
                            "cluster={} transactionalId={} partition={} knows a later epoch than the marker's",
                            cluster.clusterId(),
                            entry.id.id(),
                            partition);
                    entry.id.ended(partition);
                }
                default -> again.add(partition);
            }
        });
        if (entry.id.partitions().isEmpty()) {
            complete(home, entry);
        } else {
            sendAgain(home, entry, again);
        }
    }

    private void sendAgain(LedPartition home, LedPartition.Entry entry, Set<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        TransactionStep completion = entry.completion;
        runtime.schedule(entry.nextPause(settings.again()), actor, () -> {
            if (isLed(home) && entry.completion == completion) {
                sendMarkers(home, entry, partitions);
            }
        });
    }

    private void complete(LedPartition home, LedPartition.Entry entry) {
        TransactionStep completion = entry.completion;
        if (completion == null) {
            return;
        }
        append(home, completion)
                .thenAcceptAsync(
                        written -> {
                            if (!isLed(home)) {
                                return;
                            }
                            switch (written) {
                                case DURABLE -> {
                                    entry.id.applied(completion);
                                    entry.ended();
                                    wake(entry);
                                }
                                case NOT_HERE, UNKNOWN, REFUSED ->
                                    runtime.schedule(entry.nextPause(settings.again()), actor, () -> {
                                        if (isLed(home)) {
                                            complete(home, entry);
                                        }
                                    });
                            }
                        },
                        actor);
    }

    // ---- what time brings

    private void checkLater() {
        if (!checking && led.values().stream().anyMatch(partition -> !partition.ids.isEmpty())) {
            checking = true;
            runtime.schedule(settings.check(), actor, () -> {
                checking = false;
                check();
                checkLater();
            });
        }
    }

    private void check() {
        long now = runtime.wallMillis();
        boolean expire = runtime.nanos() - expirationCheckedNanos
                >= settings.expirationCheck().toNanos();
        if (expire) {
            expirationCheckedNanos = runtime.nanos();
        }
        for (LedPartition home : List.copyOf(led.values())) {
            for (LedPartition.Entry entry : List.copyOf(home.ids.values())) {
                if (entry.id.isTimedOut(now)) {
                    perform(entry.id.id(), new Ask.TimeOut(version(), now));
                } else if (expire
                        && entry.id.isExpired(now, settings.expiration().toMillis())) {
                    forget(home, entry);
                }
            }
        }
    }

    private void forget(LedPartition home, LedPartition.Entry entry) {
        TransactionStep tombstone = entry.id.forgetting();
        append(home, tombstone)
                .thenAcceptAsync(
                        written -> {
                            if (!isLed(home)) {
                                return;
                            }
                            entry.id.failed(tombstone);
                            if (written == Written.DURABLE) {
                                home.ids.remove(entry.id.id(), entry);
                            }
                            wake(entry);
                        },
                        actor);
    }

    // ---- what is told

    /// @param read sees the id as it is in memory; a barrier proves afterwards that it counts
    <T> CompletableFuture<T> read(
            String transactionalId, Function<TransactionalId, T> read, Function<Errors, T> failed, Errors ifUnknown) {
        return switch (find(transactionalId)) {
            case Found.Nowhere(Errors error) -> CompletableFuture.completedFuture(failed.apply(error));
            case Found.Unknown(LedPartition home) -> proven(home, failed.apply(ifUnknown), failed);
            case Found.Known(LedPartition home, LedPartition.Entry entry) -> proven(home, read.apply(entry.id), failed);
        };
    }

    private static <T> CompletableFuture<T> proven(LedPartition home, T answer, Function<Errors, T> failed) {
        return home.log.readBarrier().thenApply(proven -> proven ? answer : failed.apply(Errors.NOT_COORDINATOR));
    }

    /// All ids that are coordinated here; empty while some are being loaded.
    Optional<List<TransactionalId>> all() {
        List<TransactionalId> all = new ArrayList<>();
        for (LedPartition partition : led.values()) {
            if (!partition.loaded) {
                return Optional.empty();
            }
            partition.ids.values().forEach(entry -> all.add(entry.id));
        }
        return Optional.of(all);
    }
}
