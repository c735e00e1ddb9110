// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static java.util.Objects.requireNonNull;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.ProducerThrottle;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.TopicConfigCache;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.request.TransactionGate.Generation;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.validation.ProduceValidator;
import io.penstock.kafka.validation.ProduceVerdict;
import io.penstock.kafka.validation.TopicRules;
import io.penstock.log.AppendOrigin;
import io.penstock.log.AppendRefusal;
import io.penstock.log.LogRuntime;
import io.penstock.log.Sequencing;
import io.penstock.log.TransactionVerification;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.message.ProduceResponseData.BatchIndexAndErrorMessage;
import org.apache.kafka.common.message.ProduceResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.ProduceResponseData.NodeEndpoint;
import org.apache.kafka.common.message.ProduceResponseData.PartitionProduceResponse;
import org.apache.kafka.common.message.ProduceResponseData.TopicProduceResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ProduceRequest;
import org.apache.kafka.common.requests.ProduceResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// Produce, versions 3 to the newest: all codecs, idempotent producers, acks 0, 1 and −1 (1 waits for
/// durability as −1 does), record errors (KIP-467), the new leader in errors (KIP-951, version 10), topic ids
/// (version 13).
///
/// Batches are judged on the connection's worker and handed to the log in the order of the request before the
/// next request of the connection is looked at. Of transactional ones the coordinator is asked before a transaction
/// begins in a partition (KIP-890): it adds the partition (version 12 on), or says whether a client has. Batches of the
/// producer that come meanwhile wait behind them, so that they keep their order.
public final class ProduceHandler implements RequestHandler {
    private static final short ACKS_NONE = 0;
    private static final short ACKS_LEADER = 1;
    private static final short ACKS_ALL = -1;

    private final ClusterContext cluster;
    private final ProduceValidator validator;
    private final LogRuntime runtime;
    private final Executor workers;
    private final TransactionGate transactions;
    private final TopicConfigCache<TopicRules> rules = new TopicConfigCache<>(TopicRules::of);
    /// The last request of every producer whose transaction is being asked about.
    private final Map<Long, CompletableFuture<?>> verifying = new ConcurrentHashMap<>();

    /// @param transactions whom to ask about transactional batches
    /// @param workers on which a request's time-out is told
    public ProduceHandler(ClusterContext cluster, TransactionGate transactions, LogRuntime runtime, Executor workers) {
        this.cluster = cluster;
        this.transactions = transactions;
        this.runtime = runtime;
        this.workers = workers;
        validator = new ProduceValidator(runtime::wallMillis);
        // For as long as the process serves the cluster: nothing to close.
        cluster.onProgress(new ProgressListener() {
            @Override
            public void imageChanged(ClusterImage newest) {
                rules.imageChanged(newest);
            }
        });
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.PRODUCE;
    }

    /// What became of one partition's batch.
    private sealed interface Result {
        record Appended(long baseOffset, long logAppendTime, long logStartOffset) implements Result {}

        record Failed(Errors error, String message, List<ProduceVerdict.BadRecord> badRecords) implements Result {}
    }

    /// One partition of the request. The first result counts: a time-out may come before the log's answer.
    ///
    /// @param topicIndex of the topic in the request
    private record Part(int topicIndex, int partition, Uuid topicId, CompletableFuture<Result> result) {
        void ended(Result with) {
            result.complete(with);
        }

        void failed(Errors error, String message) {
            ended(new Result.Failed(error, message, List.of()));
        }
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ProduceRequestData request = exchange.body(ProduceRequest.class).data();
        ClusterImage image = cluster.image();
        List<Part> parts = new ArrayList<>();
        List<CompletableFuture<?>> sequenced = new ArrayList<>();
        List<CompletableFuture<?>> ended = new ArrayList<>();
        List<Transactional> transactional = new ArrayList<>(0);
        boolean legalAcks = request.acks() == ACKS_NONE || request.acks() == ACKS_LEADER || request.acks() == ACKS_ALL;
        int topicIndex = 0;
        for (TopicProduceData topic : request.topicData()) {
            boolean byId = exchange.version() >= 13;
            Optional<Uuid> id = byId
                    ? Optional.of(topic.topicId())
                            .filter(given -> image.topicName(given).isPresent())
                    : image.topicId(topic.name());
            for (PartitionProduceData sent : topic.partitionData()) {
                Part part = new Part(topicIndex, sent.index(), id.orElse(topic.topicId()), new CompletableFuture<>());
                parts.add(part);
                if (!legalAcks) {
                    part.failed(Errors.INVALID_REQUIRED_ACKS, "acks is 0, 1 or -1, not " + request.acks());
                } else if (id.isEmpty()) {
                    part.failed(byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION, "no such topic");
                } else {
                    append(exchange, image, part, sent, sequenced, ended, transactional);
                }
            }
            topicIndex++;
        }
        String transactionalId = request.transactionalId();
        if (transactionalId == null) {
            // Nobody could be asked about the transaction, and no coordinator would ever end it.
            transactional.forEach(batch -> batch.part.failed(
                    Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED, "transactional records without a transactional id"));
        } else if (!transactional.isEmpty()) {
            appendTransactional(exchange, transactionalId, transactional, sequenced, ended);
        }
        CompletableFuture<Void> allSequenced = all(sequenced);
        allSequenced.thenRun(exchange.bodyRead());
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        CompletableFuture<Void> allEnded = all(ended);
        allEnded.whenComplete((done, failure) -> {
            if (failure != null) {
                reply.completeExceptionally(failure);
            } else {
                reply.complete(answer(exchange, request, parts));
            }
        });
        if (!allEnded.isDone() && request.acks() != ACKS_NONE) {
            LogRuntime.Timer timer =
                    // With the answer the network takes its buffer back, and a batch that is not sequenced yet is
                    // read from it: a broker that slept would append what another request has put there since.
                    runtime.schedule(
                            Duration.ofMillis(Math.max(0, request.timeoutMs())),
                            workers,
                            () -> allSequenced.whenComplete((done, failure) -> {
                                parts.forEach(part -> part.failed(
                                        Errors.REQUEST_TIMED_OUT,
                                        "not durable within " + request.timeoutMs() + " ms; it may become so"));
                                reply.complete(answer(exchange, request, parts));
                            }));
            allEnded.thenRun(timer::cancel);
        }
        return reply;
    }

    private void append(
            RequestExchange exchange,
            ClusterImage image,
            Part part,
            PartitionProduceData sent,
            List<CompletableFuture<?>> sequenced,
            List<CompletableFuture<?>> ended,
            List<Transactional> transactional) {
        String name = image.topicName(part.topicId).orElseThrow();
        switch (PartitionLocation.of(cluster, image, part.topicId, part.partition)) {
            case PartitionLocation.Unknown unknown ->
                part.failed(Errors.UNKNOWN_TOPIC_OR_PARTITION, "topic " + name + " has no partition " + part.partition);
            case PartitionLocation.Elsewhere elsewhere ->
                part.failed(Errors.NOT_LEADER_OR_FOLLOWER, "another broker leads the partition");
            case PartitionLocation.Here here -> {
                if (TopicNames.isInternal(name)) {
                    part.failed(Errors.INVALID_TOPIC_EXCEPTION, "topic " + name + " belongs to the brokers");
                    return;
                }
                switch (validator.judge(sent, name, exchange.version(), rules.of(image, part.topicId, name))) {
                    case ProduceVerdict.Unacceptable bad ->
                        part.ended(new Result.Failed(bad.error(), bad.message(), bad.recordErrors()));
                    case ProduceVerdict.Acceptable good -> {
                        if (good.transactional()) {
                            transactional.add(
                                    new Transactional(part, here, new TopicPartition(name, part.partition), good));
                            return;
                        }
                        CompletableFuture<Sequencing> place =
                                here.log().append(here.ref(), good.batch(), AppendOrigin.CLIENT);
                        sequenced.add(place);
                        ended.add(place.thenCompose(sequencing -> settled(part, good, sequencing)));
                    }
                }
            }
        }
    }

    // ---- transactions

    /// A transactional batch, before it has a place.
    private record Transactional(
            Part part, PartitionLocation.Here here, TopicPartition name, ProduceVerdict.Acceptable batch) {
        BatchHeader header() {
            return BatchHeader.at(batch.batch(), batch.batch().position());
        }

        ProducerIdAndEpoch producer() {
            return new ProducerIdAndEpoch(header().producerId(), header().producerEpoch());
        }

        CompletableFuture<Sequencing> append(TransactionTerms terms) {
            return here.log().append(here.ref(), batch.batch(), AppendOrigin.CLIENT, terms);
        }
    }

    private void appendTransactional(
            RequestExchange exchange,
            String transactionalId,
            List<Transactional> batches,
            List<CompletableFuture<?>> sequenced,
            List<CompletableFuture<?>> ended) {
        ProducerIdAndEpoch producer = batches.getFirst().producer();
        if (batches.stream().anyMatch(batch -> !batch.producer().equals(producer))) {
            batches.forEach(batch -> batch.part.failed(
                    Errors.INVALID_PRODUCER_ID_MAPPING, "a request carries one producer's transaction"));
            return;
        }
        CompletableFuture<?> before = verifying.get(producer.producerId);
        CompletableFuture<Void> turn =
                before == null ? CompletableFuture.completedFuture(null) : before.handle((done, failure) -> null);
        Generation generation = Generation.ofProduce(exchange.version());
        CompletableFuture<Map<TopicPartition, Consent>> asked =
                turn.thenCompose(ours -> ask(transactionalId, producer, batches, generation));
        List<CompletableFuture<?>> places = new ArrayList<>();
        for (Transactional batch : batches) {
            CompletableFuture<Void> settled = new CompletableFuture<>();
            CompletableFuture<Void> placed = asked.thenCompose(answers -> switch (requireNonNull(
                    answers.get(batch.name))) {
                case Consent.Given(TransactionTerms terms) -> {
                    CompletableFuture<Sequencing> place = batch.append(terms);
                    follow(place.thenCompose(sequencing -> settled(batch.part, batch.batch, sequencing)), settled);
                    yield place.<Void>thenApply(sequencing -> null);
                }
                case Consent.Denied(Errors error, String message) -> {
                    batch.part.failed(error, message);
                    settled.complete(null);
                    yield CompletableFuture.<Void>completedFuture(null);
                }
            });
            placed.exceptionally(failure -> {
                settled.completeExceptionally(failure);
                return null;
            });
            places.add(placed);
            ended.add(settled);
        }
        sequenced.addAll(places);
        CompletableFuture<Void> all = all(places);
        if (!all.isDone()) {
            verifying.put(producer.producerId, all);
            all.whenComplete((done, failure) -> verifying.remove(producer.producerId, all));
        }
    }

    private static void follow(CompletableFuture<Void> from, CompletableFuture<Void> to) {
        from.whenComplete((done, failure) -> {
            if (failure == null) {
                to.complete(null);
            } else {
                to.completeExceptionally(failure);
            }
        });
    }

    /// Whether a transactional batch may be appended.
    private sealed interface Consent {
        record Given(TransactionTerms terms) implements Consent {}

        record Denied(Errors error, String message) implements Consent {}
    }

    /// Asks the log first, then for all partitions in which the transaction is not open the coordinator, at once.
    private CompletableFuture<Map<TopicPartition, Consent>> ask(
            String transactionalId, ProducerIdAndEpoch producer, List<Transactional> batches, Generation generation) {
        Map<TopicPartition, Consent> answers = new ConcurrentHashMap<>();
        Map<TopicPartition, TransactionTerms> unknown = new ConcurrentHashMap<>();
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (Transactional batch : batches) {
            all.add(batch.here
                    .log()
                    .startVerification(
                            batch.here.ref(),
                            producer.producerId,
                            producer.epoch,
                            batch.header().baseSequence(),
                            generation == Generation.IMPLICIT)
                    .thenAccept(verification -> {
                        switch (verification) {
                            case TransactionVerification.Ongoing() ->
                                answers.put(batch.name, new Consent.Given(TransactionTerms.NONE));
                            case TransactionVerification.Refused(AppendRefusal reason, String detail) ->
                                answers.put(batch.name, new Consent.Denied(errorOf(reason), detail));
                            case TransactionVerification.Needed(TransactionTerms terms) ->
                                unknown.put(batch.name, terms);
                        }
                    }));
        }
        return all(all).thenCompose(asked -> {
            if (unknown.isEmpty()) {
                return CompletableFuture.completedFuture(answers);
            }
            return transactions
                    .enlist(transactionalId, producer, unknown.keySet(), generation)
                    .thenApply(errors -> {
                        unknown.forEach((partition, terms) -> {
                            Errors error = errors.getOrDefault(partition, Errors.UNKNOWN_SERVER_ERROR);
                            answers.put(
                                    partition,
                                    error == Errors.NONE
                                            ? new Consent.Given(terms)
                                            : new Consent.Denied(
                                                    forProducers(error, generation),
                                                    "the transaction's coordinator says " + error));
                        });
                        return answers;
                    });
        });
    }

    /// Producers retry NOT_ENOUGH_REPLICAS without asking for metadata; not all of them would retry what a coordinator
    /// says of itself.
    private static Errors forProducers(Errors error, Generation generation) {
        return switch (error) {
            case NETWORK_EXCEPTION, COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE, NOT_COORDINATOR ->
                Errors.NOT_ENOUGH_REPLICAS;
            case CONCURRENT_TRANSACTIONS -> generation == Generation.IMPLICIT ? error : Errors.NOT_ENOUGH_REPLICAS;
            default -> error;
        };
    }

    private static CompletableFuture<Void> settled(Part part, ProduceVerdict.Acceptable batch, Sequencing sequencing) {
        return switch (sequencing) {
            case Sequencing.Refused refused -> {
                part.failed(errorOf(refused.reason()), refused.detail());
                yield CompletableFuture.completedFuture(null);
            }
            case Sequencing.Sequenced place ->
                place.durability()
                        .thenAccept(durability -> part.ended(
                                switch (durability) {
                                    case DURABLE ->
                                        new Result.Appended(
                                                place.baseOffset(), batch.logAppendTime(), place.logStartOffset());
                                    case FENCED ->
                                        new Result.Failed(
                                                Errors.NOT_LEADER_OR_FOLLOWER,
                                                "another broker leads the partition now",
                                                List.of());
                                    // "Written, but not to as many as it should": the producer asks again.
                                    case UNDECIDED ->
                                        new Result.Failed(
                                                Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND,
                                                "the object store did not take it in time; it may become durable",
                                                List.of());
                                }));
        };
    }

    private static Errors errorOf(AppendRefusal reason) {
        return switch (reason) {
            case NOT_LEADER -> Errors.NOT_LEADER_OR_FOLLOWER;
            case OUT_OF_ORDER_SEQUENCE -> Errors.OUT_OF_ORDER_SEQUENCE_NUMBER;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case UNKNOWN_PRODUCER -> Errors.UNKNOWN_PRODUCER_ID;
            case DUPLICATE_TOO_OLD -> Errors.DUPLICATE_SEQUENCE_NUMBER;
            case INVALID_TRANSACTION -> Errors.INVALID_TXN_STATE;
            case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            // Nothing was appended; every client waits a while and sends again.
            case OVERLOADED -> Errors.NOT_ENOUGH_REPLICAS;
            case INVALID_BATCH -> Errors.INVALID_RECORD;
            case DROPPED -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
        };
    }

    private int throttleMillis() {
        return cluster.log()
                .map(log -> ProducerThrottle.millis(log.pendingFill()))
                .orElse(0);
    }

    // ---- the answer

    private Reply answer(RequestExchange exchange, ProduceRequestData request, List<Part> parts) {
        if (request.acks() == ACKS_NONE) {
            return parts.stream()
                    .map(part -> part.result.join())
                    .filter(Result.Failed.class::isInstance)
                    .map(Result.Failed.class::cast)
                    .findFirst()
                    .<Reply>map(failed -> new Reply.Hangup(
                            "a batch sent with acks=0 was not appended: " + failed.error() + ", " + failed.message()))
                    .orElseGet(() -> new Reply.Silence(throttleMillis()));
        }
        ProduceResponseData answer = new ProduceResponseData().setThrottleTimeMs(throttleMillis());
        ClusterImage image = cluster.image();
        Set<Leader> newLeaders = new LinkedHashSet<>();
        List<TopicProduceResponse> topics = new ArrayList<>();
        for (TopicProduceData topic : request.topicData()) {
            topics.add(new TopicProduceResponse().setName(topic.name()).setTopicId(topic.topicId()));
        }
        for (Part part : parts) {
            topics.get(part.topicIndex)
                    .partitionResponses()
                    .add(answer(exchange, image, part, part.result.join(), newLeaders));
        }
        answer.responses().addAll(topics);
        for (Leader leader : newLeaders) {
            if (answer.nodeEndpoints().find(leader.nodeId()) == null) {
                answer.nodeEndpoints()
                        .add(new NodeEndpoint()
                                .setNodeId(leader.nodeId())
                                .setHost(leader.host())
                                .setPort(leader.port()));
            }
        }
        return Reply.of(new ProduceResponse(answer));
    }

    private static PartitionProduceResponse answer(
            RequestExchange exchange, ClusterImage image, Part part, Result result, Set<Leader> newLeaders) {
        PartitionProduceResponse answer = new PartitionProduceResponse().setIndex(part.partition);
        switch (result) {
            case Result.Appended appended ->
                answer.setErrorCode(Errors.NONE.code())
                        .setBaseOffset(appended.baseOffset())
                        .setLogAppendTimeMs(appended.logAppendTime())
                        .setLogStartOffset(appended.logStartOffset());
            case Result.Failed failed -> {
                answer.setErrorCode(failed.error().code())
                        .setErrorMessage(failed.message())
                        .setBaseOffset(ProduceResponse.INVALID_OFFSET)
                        .setLogAppendTimeMs(-1)
                        .setLogStartOffset(ProduceResponse.INVALID_OFFSET);
                failed.badRecords()
                        .forEach(bad -> answer.recordErrors()
                                .add(new BatchIndexAndErrorMessage()
                                        .setBatchIndex(bad.index())
                                        .setBatchIndexErrorMessage(bad.message().isEmpty() ? null : bad.message())));
                if (failed.error() == Errors.NOT_LEADER_OR_FOLLOWER && exchange.version() >= 10) {
                    image.leaderOf(part.topicId, part.partition).ifPresent(leader -> {
                        newLeaders.add(leader);
                        answer.setCurrentLeader(new LeaderIdAndEpoch()
                                .setLeaderId(leader.nodeId())
                                .setLeaderEpoch(leader.epoch().number()));
                    });
                }
            }
        }
        return answer;
    }

    private static CompletableFuture<Void> all(List<CompletableFuture<?>> futures) {
        return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    }
}
