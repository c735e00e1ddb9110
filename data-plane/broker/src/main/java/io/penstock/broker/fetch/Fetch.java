// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.kafka.protocol.FetchedRecords;
import io.penstock.log.Isolation;
import io.penstock.log.PartitionOffsets;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.jspecify.annotations.Nullable;

/// One fetch under way: reads all wanted partitions, then reads again what has progressed, until there is
/// enough, or an error, or the time is over.
final class Fetch {
    /// A partition that could be waited for, with the leader it had when the fetch began.
    record Place(int index, PartitionRef ref, Optional<Leader> leader) {
        FetchKey at() {
            return new FetchKey("", ref.topicId(), ref.partition());
        }
    }

    private final ClusterContext cluster;
    private final AuthorizableRequestContext who;
    private final List<Wanted> wanted;
    private final Isolation isolation;
    private final int minBytes;
    private final FetchBudget budget;
    private final Map<FetchKey, Place> places = new HashMap<>();
    private final @Nullable PartitionData[] answers;
    private final CompletableFuture<List<PartitionData>> done = new CompletableFuture<>();

    // Guarded by this.
    private final BitSet stale = new BitSet();
    private int bytes;
    private boolean error;
    private boolean begun;
    private boolean reading;
    private boolean timeOver;

    Fetch(
            ClusterContext cluster,
            AuthorizableRequestContext who,
            List<Wanted> wanted,
            Isolation isolation,
            int minBytes,
            int maxBytes) {
        this.cluster = cluster;
        this.who = who;
        this.wanted = wanted;
        this.isolation = isolation;
        this.minBytes = minBytes;
        budget = new FetchBudget(maxBytes);
        answers = new PartitionData[wanted.size()];
        ClusterImage image = cluster.image();
        for (int i = 0; i < wanted.size(); i++) {
            int index = i;
            FetchKey key = wanted.get(i).key();
            topicId(image, key)
                    .flatMap(id -> image.shardOf(id, key.partition())
                            .map(shard -> new PartitionRef(shard, id, key.partition())))
                    .ifPresent(ref -> {
                        Place place = new Place(index, ref, image.shards().leader(ref.shard()));
                        places.put(place.at(), place);
                    });
        }
        stale.set(0, wanted.size());
    }

    private static Optional<Uuid> topicId(ClusterImage image, FetchKey key) {
        return key.topic().isEmpty()
                ? Optional.of(key.topicId()).filter(id -> image.topicName(id).isPresent())
                : image.topicId(key.topic());
    }

    Collection<Place> places() {
        return places.values();
    }

    /// One answer per wanted partition, in their order. Completes once begun and either satisfied or told that
    /// the time is over.
    CompletableFuture<List<PartitionData>> done() {
        return done;
    }

    void begin() {
        synchronized (this) {
            begun = true;
            reading = true;
        }
        readStale();
    }

    // ---- what happens meanwhile; from any thread

    void progress(FetchKey at) {
        Place place = places.get(at);
        if (place == null) {
            return;
        }
        boolean start;
        synchronized (this) {
            stale.set(place.index());
            start = begun && !reading && !done.isDone();
            reading |= start;
        }
        if (start) {
            readStale();
        }
    }

    void imageChanged(ClusterImage newest) {
        for (Place place : places.values()) {
            boolean moved = newest.shardOf(place.ref().topicId(), place.ref().partition())
                            .isEmpty()
                    || !newest.shards().leader(place.ref().shard()).equals(place.leader());
            if (moved) {
                progress(place.at());
            }
        }
    }

    void timeOver() {
        synchronized (this) {
            timeOver = true;
            if (!begun || reading) {
                return;
            }
        }
        finish();
    }

    private void finish() {
        List<PartitionData> all = new ArrayList<>(answers.length);
        for (PartitionData answer : answers) {
            all.add(Objects.requireNonNull(answer));
        }
        done.complete(all);
    }

    // ---- reading

    /// Reads what is stale, in order, as many partitions at once as surely fit into the response.
    private void readStale() {
        List<Integer> indexes = new ArrayList<>();
        synchronized (this) {
            stale.stream().forEach(indexes::add);
            stale.clear();
        }
        readFrom(indexes, 0).whenComplete((read, failure) -> {
            if (failure != null) {
                done.completeExceptionally(failure);
                return;
            }
            boolean again;
            boolean enough;
            synchronized (this) {
                enough = bytes >= minBytes || error || timeOver || wanted.isEmpty();
                again = !enough && !stale.isEmpty();
                reading = again;
            }
            if (enough) {
                finish();
            } else if (again) {
                readStale();
            }
        });
    }

    private CompletableFuture<Void> readFrom(List<Integer> indexes, int first) {
        if (first >= indexes.size()) {
            return CompletableFuture.completedFuture(null);
        }
        ClusterImage image = cluster.image();
        List<CompletableFuture<Attempt>> wave = new ArrayList<>();
        int end = first;
        long planned = 0;
        boolean full;
        int room;
        synchronized (this) {
            full = budget.left() == 0 && !budget.nothingYet();
            room = budget.left();
        }
        while (end < indexes.size() && (full || end == first || planned < room)) {
            Wanted want = wanted.get(indexes.get(end));
            planned += Math.max(1, want.maxBytes());
            wave.add(read(
                    image, indexes.get(end), want, full ? 0 : Math.max(1, Math.min(want.maxBytes(), room)), full));
            end++;
        }
        int next = end;
        return CompletableFuture.allOf(wave.toArray(CompletableFuture[]::new)).thenCompose(all -> {
            wave.forEach(attempt -> take(attempt.join()));
            return readFrom(indexes, next);
        });
    }

    /// What one read brought; or the error that there was nothing to read.
    private sealed interface Attempt {
        record Read(int index, ReadOutcome outcome) implements Attempt {}

        record Failed(int index, Errors error) implements Attempt {}
    }

    /// @param full the response takes no more records: only tell where the partition stands
    private CompletableFuture<Attempt> read(ClusterImage image, int index, Wanted want, int maxBytes, boolean full) {
        FetchKey key = want.key();
        Optional<Uuid> id = topicId(image, key);
        Optional<String> name = key.topic().isEmpty() ? image.topicName(key.topicId()) : Optional.of(key.topic());
        if (name.isPresent() && !cluster.access().allowsOnTopic(who, AclOperation.READ, name.get())) {
            return failed(index, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        if (id.isEmpty()) {
            return failed(index, key.topic().isEmpty() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return switch (PartitionLocation.of(cluster, image, id.get(), key.partition())) {
            case PartitionLocation.Unknown unknown -> failed(index, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case PartitionLocation.Elsewhere elsewhere -> failed(index, Errors.NOT_LEADER_OR_FOLLOWER);
            case PartitionLocation.Here here -> {
                Errors epoch = here.check(want.knownLeaderEpoch());
                if (epoch != Errors.NONE) {
                    yield failed(index, epoch);
                }
                CompletableFuture<ReadOutcome> outcome =
                        full ? standing(here) : here.log().read(here.ref(), want.offset(), maxBytes, isolation);
                yield outcome.thenApply(found -> new Attempt.Read(index, found));
            }
        };
    }

    private static CompletableFuture<ReadOutcome> standing(PartitionLocation.Here here) {
        return here.log().offsets(here.ref()).thenApply(offsets -> {
            if (offsets.isEmpty()) {
                return new ReadOutcome.NotLeader();
            }
            PartitionOffsets at = offsets.get();
            return new ReadOutcome.Records(
                    List.of(), at.highWatermark(), at.lastStableOffset(), at.logStartOffset(), List.of());
        });
    }

    private static CompletableFuture<Attempt> failed(int index, Errors error) {
        return CompletableFuture.completedFuture(new Attempt.Failed(index, error));
    }

    private synchronized void take(Attempt attempt) {
        switch (attempt) {
            case Attempt.Failed failed -> answers[failed.index()] = failure(failed.index(), failed.error());
            case Attempt.Read read -> {
                int index = read.index();
                switch (read.outcome()) {
                    case ReadOutcome.Records records -> answers[index] = answer(index, records);
                    case ReadOutcome.OutOfRange range ->
                        answers[index] = failure(index, Errors.OFFSET_OUT_OF_RANGE)
                                .setHighWatermark(range.highWatermark())
                                .setLogStartOffset(range.logStartOffset());
                    case ReadOutcome.NotLeader notLeader ->
                        answers[index] = failure(index, Errors.NOT_LEADER_OR_FOLLOWER);
                    // Consumers take it for passing trouble and come again.
                    case ReadOutcome.Unavailable unavailable ->
                        answers[index] = failure(index, Errors.KAFKA_STORAGE_ERROR);
                }
            }
        }
    }

    private PartitionData answer(int index, ReadOutcome.Records records) {
        PartitionData before = answers[index];
        if (before != null) {
            int old = FetchResponse.recordsSize(before);
            bytes -= old;
            budget.giveBack(old);
        }
        List<ByteBuffer> taken =
                budget.take(records.batches(), wanted.get(index).maxBytes());
        PartitionData answer = FetchedRecords.attach(empty(index, Errors.NONE), taken)
                .setHighWatermark(records.highWatermark())
                .setLastStableOffset(records.lastStableOffset())
                .setLogStartOffset(records.logStartOffset());
        if (isolation == Isolation.READ_COMMITTED) {
            List<AbortedTransaction> aborted = new ArrayList<>();
            records.aborted()
                    .forEach(transaction -> aborted.add(new AbortedTransaction()
                            .setProducerId(transaction.producerId())
                            .setFirstOffset(transaction.firstOffset())));
            answer.setAbortedTransactions(aborted);
        }
        bytes += FetchResponse.recordsSize(answer);
        return answer;
    }

    private PartitionData failure(int index, Errors why) {
        error = true;
        return empty(index, why);
    }

    private PartitionData empty(int index, Errors why) {
        return FetchedRecords.attach(
                new PartitionData()
                        .setPartitionIndex(wanted.get(index).key().partition())
                        .setErrorCode(why.code())
                        .setHighWatermark(FetchResponse.INVALID_HIGH_WATERMARK)
                        .setLastStableOffset(FetchResponse.INVALID_LAST_STABLE_OFFSET)
                        .setLogStartOffset(FetchResponse.INVALID_LOG_START_OFFSET)
                        .setAbortedTransactions(null)
                        .setPreferredReadReplica(FetchResponse.INVALID_PREFERRED_REPLICA_ID),
                List.of());
    }
}
