// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.kafka.protocol.FetchedRecords;
import io.penstock.log.ClusterLog;
import io.penstock.log.Isolation;
import io.penstock.log.PartitionOffsets;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.metadata.ClusterImage;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.FetchResponseData.AbortedTransaction;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchResponse;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;

/// One fetch under way: reads what is due, then again what has progressed, until there is enough, or an error, or the
/// time is over.
final class Fetch {
    private final ClusterContext cluster;
    private final AuthorizableRequestContext who;
    private final FetchTail tail;
    private final boolean everything;
    private final Isolation isolation;
    private final int minBytes;
    private final FetchBudget budget;
    private final Runnable whenDue = this::becameDue;
    private final CompletableFuture<Map<FetchKey, PartitionData>> done = new CompletableFuture<>();

    // Guarded by this.
    private final Map<FetchKey, PartitionData> answers = new LinkedHashMap<>();
    private final Set<FetchKey> dueNextTime = new LinkedHashSet<>();
    private int bytes;
    private boolean error;
    private boolean begun;
    private boolean reading;
    private boolean timeOver;

    /// @param everything whether all that is wanted is to be answered, also where the response has no room for records
    Fetch(
            ClusterContext cluster,
            AuthorizableRequestContext who,
            FetchTail tail,
            boolean everything,
            Isolation isolation,
            int minBytes,
            int maxBytes) {
        this.cluster = cluster;
        this.who = who;
        this.tail = tail;
        this.everything = everything;
        this.isolation = isolation;
        this.minBytes = minBytes;
        budget = new FetchBudget(maxBytes);
    }

    /// What was read, in the order in which it was. Completes once begun and either satisfied or told that the time is
    /// over.
    CompletableFuture<Map<FetchKey, PartitionData>> done() {
        return done;
    }

    void begin() {
        synchronized (this) {
            begun = true;
            reading = true;
        }
        tail.begin(isolation, whenDue);
        readDue();
    }

    // ---- what happens meanwhile; from any thread

    private void becameDue() {
        boolean start;
        synchronized (this) {
            start = begun && !reading && !done.isDone();
            reading |= start;
        }
        if (start) {
            readDue();
        }
    }

    void timeOver() {
        synchronized (this) {
            timeOver = true;
            if (!begun || reading || done.isDone()) {
                return;
            }
            reading = true; // nothing is read any more
        }
        finish();
    }

    private void finish() {
        Map<FetchKey, PartitionData> all;
        synchronized (this) {
            tail.end(whenDue, dueNextTime);
            all = new LinkedHashMap<>(answers);
        }
        done.complete(all);
    }

    // ---- reading

    private void readDue() {
        List<Wanted> claimed = tail.claim();
        withoutCaughtUp(claimed).thenCompose(rest -> readFrom(rest, 0)).whenComplete((read, failure) -> {
            if (failure != null) {
                claimed.forEach(want -> dueNextTime(want.key()));
                synchronized (this) {
                    tail.end(whenDue, dueNextTime);
                }
                done.completeExceptionally(failure);
                return;
            }
            boolean again;
            boolean enough;
            synchronized (this) {
                enough = bytes >= minBytes || error || timeOver || tail.size() == 0;
                again = !enough && tail.hasDue();
                reading = again || enough;
            }
            if (enough) {
                finish();
            } else if (again) {
                readDue();
            }
        });
    }

    private synchronized void dueNextTime(FetchKey key) {
        dueNextTime.add(key);
    }

    /// Of many partitions most are at their end: one question to the log answers those, and the rest is read.
    private CompletableFuture<List<Wanted>> withoutCaughtUp(List<Wanted> claimed) {
        ClusterImage image = cluster.image();
        Map<Wanted, PartitionRef> here = new LinkedHashMap<>();
        Optional<ClusterLog> log = Optional.empty();
        for (Wanted want : claimed) {
            if (locate(image, want) instanceof Location.Found(PartitionLocation.Here at)
                    && at.check(want.knownLeaderEpoch()) == Errors.NONE) {
                tail.watch(want.key(), at.ref());
                here.put(want, at.ref());
                log = Optional.of(at.log());
            }
        }
        if (here.size() < 2 || log.isEmpty()) {
            return CompletableFuture.completedFuture(claimed);
        }
        return log.get().offsets(List.copyOf(here.values())).thenApply(standings -> {
            List<Wanted> rest = new ArrayList<>();
            for (Wanted want : claimed) {
                PartitionRef ref = here.get(want);
                PartitionOffsets at = ref == null ? null : standings.get(ref);
                if (at != null && want.offset() == bound(at)) {
                    take(new Attempt.Read(want, nothing(at)));
                } else {
                    rest.add(want);
                }
            }
            return rest;
        });
    }

    private long bound(PartitionOffsets at) {
        return isolation == Isolation.READ_COMMITTED ? at.lastStableOffset() : at.highWatermark();
    }

    private static ReadOutcome nothing(PartitionOffsets at) {
        return new ReadOutcome.Records(
                List.of(), at.highWatermark(), at.lastStableOffset(), at.logStartOffset(), List.of());
    }

    /// Reads in order, as many partitions at once as surely fit into the response.
    private CompletableFuture<Void> readFrom(List<Wanted> claimed, int first) {
        if (first >= claimed.size()) {
            return CompletableFuture.completedFuture(null);
        }
        boolean full;
        int room;
        synchronized (this) {
            full = budget.left() == 0 && !budget.nothingYet();
            room = budget.left();
        }
        if (full && !everything) {
            claimed.subList(first, claimed.size()).forEach(want -> dueNextTime(want.key()));
            return CompletableFuture.completedFuture(null);
        }
        ClusterImage image = cluster.image();
        List<CompletableFuture<Attempt>> wave = new ArrayList<>();
        int end = first;
        long planned = 0;
        while (end < claimed.size() && (full || end == first || planned < room)) {
            Wanted want = claimed.get(end);
            planned += Math.max(1, want.maxBytes());
            wave.add(read(image, want, full ? 0 : Math.max(1, Math.min(want.maxBytes(), room)), full));
            end++;
        }
        int next = end;
        return CompletableFuture.allOf(wave.toArray(CompletableFuture[]::new)).thenCompose(all -> {
            wave.forEach(attempt -> take(attempt.join()));
            return readFrom(claimed, next);
        });
    }

    /// What one read brought; or the error that there was nothing to read.
    private sealed interface Attempt {
        record Read(Wanted want, ReadOutcome outcome) implements Attempt {}

        record Failed(Wanted want, Errors error) implements Attempt {}
    }

    /// Where a wanted partition is, or why that cannot be said.
    private sealed interface Location {
        record Found(PartitionLocation at) implements Location {}

        record NoTopic() implements Location {}
    }

    private Location locate(ClusterImage image, Wanted want) {
        FetchKey key = want.key();
        Optional<Uuid> id = key.topic().isEmpty()
                ? Optional.of(key.topicId())
                        .filter(known -> image.topicName(known).isPresent())
                : image.topicId(key.topic());
        return id.isEmpty()
                ? new Location.NoTopic()
                : new Location.Found(PartitionLocation.of(cluster, image, id.get(), key.partition()));
    }

    /// @param full the response takes no more records: only tell where the partition stands
    private CompletableFuture<Attempt> read(ClusterImage image, Wanted want, int maxBytes, boolean full) {
        FetchKey key = want.key();
        Optional<String> name = key.topic().isEmpty() ? image.topicName(key.topicId()) : Optional.of(key.topic());
        if (name.isPresent() && !cluster.access().allowsOnTopic(who, AclOperation.READ, name.get())) {
            return failed(want, Errors.TOPIC_AUTHORIZATION_FAILED);
        }
        return switch (locate(image, want)) {
            case Location.NoTopic none ->
                failed(
                        want,
                        want.key().topic().isEmpty() ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case Location.Found(PartitionLocation.Unknown unknown) -> failed(want, Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case Location.Found(PartitionLocation.Elsewhere elsewhere) -> failed(want, Errors.NOT_LEADER_OR_FOLLOWER);
            case Location.Found(PartitionLocation.Here here) -> {
                Errors epoch = here.check(want.knownLeaderEpoch());
                if (epoch != Errors.NONE) {
                    yield failed(want, epoch);
                }
                tail.watch(want.key(), here.ref());
                CompletableFuture<ReadOutcome> outcome =
                        full ? standing(here) : here.log().read(here.ref(), want.offset(), maxBytes, isolation);
                yield outcome.thenApply(found -> {
                    if (full) {
                        dueNextTime(want.key());
                    }
                    return new Attempt.Read(want, found);
                });
            }
        };
    }

    private static CompletableFuture<ReadOutcome> standing(PartitionLocation.Here here) {
        return here.log()
                .offsets(here.ref())
                .thenApply(at -> at.<ReadOutcome>map(Fetch::nothing).orElseGet(ReadOutcome.NotLeader::new));
    }

    private static CompletableFuture<Attempt> failed(Wanted want, Errors error) {
        return CompletableFuture.completedFuture(new Attempt.Failed(want, error));
    }

    private synchronized void take(Attempt attempt) {
        switch (attempt) {
            case Attempt.Failed failed -> failure(failed.want(), failed.error());
            case Attempt.Read read -> {
                Wanted want = read.want();
                switch (read.outcome()) {
                    case ReadOutcome.Records records -> answer(want, records);
                    // As Kafka, without the range: clients ask ListOffsets.
                    case ReadOutcome.OutOfRange range -> failure(want, Errors.OFFSET_OUT_OF_RANGE);
                    case ReadOutcome.NotLeader notLeader -> failure(want, Errors.NOT_LEADER_OR_FOLLOWER);
                    // Consumers take it for passing trouble and come again.
                    case ReadOutcome.Unavailable unavailable -> failure(want, Errors.KAFKA_STORAGE_ERROR);
                }
            }
        }
    }

    private void answer(Wanted want, ReadOutcome.Records records) {
        PartitionData before = answers.get(want.key());
        if (before != null) {
            int old = FetchResponse.recordsSize(before);
            bytes -= old;
            budget.giveBack(old);
        }
        List<ByteBuffer> taken = budget.take(records.batches(), want.maxBytes());
        PartitionData answer = FetchedRecords.attach(empty(want, Errors.NONE), taken)
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
        if (!records.batches().isEmpty()) {
            dueNextTime.add(want.key());
        }
        answers.put(want.key(), answer);
    }

    private void failure(Wanted want, Errors why) {
        error = true;
        dueNextTime.add(want.key());
        PartitionData answer = empty(want, why);
        switch (why) {
            // What is known before anything is read has a list in Kafka's answers, and what reading brings has none.
            case UNKNOWN_TOPIC_ID, UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED ->
                answer.setAbortedTransactions(List.of());
            default -> {}
        }
        answers.put(want.key(), answer);
    }

    private static PartitionData empty(Wanted want, Errors why) {
        return FetchedRecords.attach(
                new PartitionData()
                        .setPartitionIndex(want.key().partition())
                        .setErrorCode(why.code())
                        .setHighWatermark(FetchResponse.INVALID_HIGH_WATERMARK)
                        .setLastStableOffset(FetchResponse.INVALID_LAST_STABLE_OFFSET)
                        .setLogStartOffset(FetchResponse.INVALID_LOG_START_OFFSET)
                        .setAbortedTransactions(null)
                        .setPreferredReadReplica(FetchResponse.INVALID_PREFERRED_REPLICA_ID),
                List.of());
    }
}
