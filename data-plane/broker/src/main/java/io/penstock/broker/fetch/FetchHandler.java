// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.log.Isolation;
import io.penstock.log.LogRuntime;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchPartition;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchRequestData.ForgottenTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.FetchResponseData.FetchableTopicResponse;
import org.apache.kafka.common.message.FetchResponseData.LeaderIdAndEpoch;
import org.apache.kafka.common.message.FetchResponseData.NodeEndpoint;
import org.apache.kafka.common.message.FetchResponseData.PartitionData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FetchMetadata;
import org.apache.kafka.common.requests.FetchRequest;
import org.apache.kafka.common.requests.FetchResponse;

/// Fetch, versions 4 to the newest: sessions (KIP-227), long polls with minimum bytes, response limits
/// (KIP-74), leader epochs (KIP-320), topic ids (KIP-516, version 13), the new leader in errors (KIP-951,
/// version 16), both isolations.
///
/// There is no follower to read from, so no preferred read replica is ever named. Batches go out in the buffers
/// in which the log holds them.
public final class FetchHandler implements RequestHandler {
    /// As Kafka's `fetch.max.bytes` of a broker.
    private static final int MAX_RESPONSE_BYTES = 55 << 20;

    private final ClusterContext cluster;
    private final FetchSessions sessions;
    private final LogRuntime runtime;
    private final Executor workers;
    private final FetchWaits waits = new FetchWaits();

    /// @param workers on which the end of a wait is told
    public FetchHandler(ClusterContext cluster, FetchSessions sessions, LogRuntime runtime, Executor workers) {
        this.cluster = cluster;
        this.sessions = sessions;
        this.runtime = runtime;
        this.workers = workers;
        // For as long as the process serves the cluster: nothing to close.
        cluster.onProgress(waits);
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FETCH;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        FetchRequest request = exchange.body(FetchRequest.class);
        FetchRequestData data = request.data();
        boolean byTopicId = exchange.version() >= 13;
        FetchPlan plan = sessions.plan(
                new FetchMetadata(data.sessionId(), data.sessionEpoch()),
                byTopicId,
                wanted(data, byTopicId),
                forgotten(data, byTopicId),
                runtime.nanos());
        return switch (plan) {
            case FetchPlan.Refused refused ->
                CompletableFuture.completedFuture(Reply.of(FetchResponse.of(new FetchResponseData()
                        .setErrorCode(refused.error().code())
                        .setSessionId(FetchMetadata.INVALID_SESSION_ID))));
            case FetchPlan.Sessionless sessionless -> {
                FetchTail tail = new FetchTail(waits, sessionless.wanted());
                yield read(exchange, request, tail, true)
                        .whenComplete((answers, failure) -> tail.close())
                        .thenApply(answers -> answer(exchange, FetchMetadata.INVALID_SESSION_ID, answers));
            }
            case FetchPlan.Full full -> {
                FetchTail tail = new FetchTail(waits, full.wanted());
                CompletableFuture<Map<FetchKey, PartitionData>> read = read(exchange, request, tail, true);
                read.exceptionally(failure -> {
                    tail.close();
                    return Map.of();
                });
                yield read.thenApply(answers -> answer(exchange, begin(full, tail, answers), answers));
            }
            case FetchPlan.Incremental incremental ->
                read(exchange, request, incremental.tail(), false)
                        .thenApply(answers -> sessions.news(incremental, answers)
                                .map(news -> answer(exchange, incremental.sessionId(), news))
                                .orElseGet(() -> Reply.of(FetchResponse.of(new FetchResponseData()
                                        .setErrorCode(Errors.INVALID_FETCH_SESSION_EPOCH.code())
                                        .setSessionId(FetchMetadata.INVALID_SESSION_ID)))));
        };
    }

    private int begin(FetchPlan.Full plan, FetchTail tail, Map<FetchKey, PartitionData> answers) {
        int session = sessions.begin(plan, tail, answers, runtime.nanos());
        if (session == FetchMetadata.INVALID_SESSION_ID) {
            tail.close();
        }
        return session;
    }

    private static List<Wanted> wanted(FetchRequestData data, boolean byTopicId) {
        // A partition named twice counts once, as the last one says.
        Map<FetchKey, Wanted> wanted = new LinkedHashMap<>();
        for (FetchTopic topic : data.topics()) {
            for (FetchPartition partition : topic.partitions()) {
                FetchKey key = key(byTopicId, topic.topic(), topic.topicId(), partition.partition());
                wanted.put(key, Wanted.of(key, partition));
            }
        }
        return new ArrayList<>(wanted.values());
    }

    private static List<FetchKey> forgotten(FetchRequestData data, boolean byTopicId) {
        List<FetchKey> forgotten = new ArrayList<>();
        for (ForgottenTopic topic : data.forgottenTopicsData()) {
            topic.partitions()
                    .forEach(partition -> forgotten.add(key(byTopicId, topic.topic(), topic.topicId(), partition)));
        }
        return forgotten;
    }

    private static FetchKey key(boolean byTopicId, String topic, Uuid topicId, int partition) {
        return byTopicId ? new FetchKey("", topicId, partition) : new FetchKey(topic, Uuid.ZERO_UUID, partition);
    }

    /// @param everything whether all that is wanted is to be answered
    private CompletableFuture<Map<FetchKey, PartitionData>> read(
            RequestExchange exchange, FetchRequest request, FetchTail tail, boolean everything) {
        Isolation isolation = switch (request.isolationLevel()) {
            case READ_UNCOMMITTED -> Isolation.READ_UNCOMMITTED;
            case READ_COMMITTED -> Isolation.READ_COMMITTED;
        };
        int maxBytes =
                cluster.quotas().fetchBytes(exchange.context(), Math.min(request.maxBytes(), MAX_RESPONSE_BYTES));
        Fetch fetch = new Fetch(
                cluster,
                exchange.context(),
                tail,
                everything,
                isolation,
                Math.min(request.minBytes(), maxBytes),
                maxBytes);
        fetch.begin();
        if (request.maxWait() <= 0) {
            fetch.timeOver();
        } else if (!fetch.done().isDone()) {
            LogRuntime.Timer timer = runtime.schedule(Duration.ofMillis(request.maxWait()), workers, fetch::timeOver);
            fetch.done().whenComplete((answers, failure) -> timer.cancel());
        }
        return fetch.done();
    }

    private Reply answer(RequestExchange exchange, int sessionId, Map<FetchKey, PartitionData> answers) {
        FetchResponseData data = new FetchResponseData().setSessionId(sessionId);
        ClusterImage image = cluster.image();
        Optional<FetchKey> before = Optional.empty();
        FetchableTopicResponse topic = new FetchableTopicResponse();
        for (Map.Entry<FetchKey, PartitionData> entry : answers.entrySet()) {
            FetchKey key = entry.getKey();
            boolean sameTopic = before.isPresent()
                    && before.get().topicId().equals(key.topicId())
                    && before.get().topic().equals(key.topic());
            if (!sameTopic) {
                topic = new FetchableTopicResponse().setTopic(key.topic()).setTopicId(key.topicId());
                data.responses().add(topic);
                before = Optional.of(key);
            }
            topic.partitions().add(entry.getValue());
            if (exchange.version() >= 16) {
                tellLeader(data, image, key, entry.getValue());
            }
        }
        return Reply.of(FetchResponse.of(data));
    }

    private static void tellLeader(FetchResponseData data, ClusterImage image, FetchKey key, PartitionData answer) {
        if (answer.errorCode() != Errors.NOT_LEADER_OR_FOLLOWER.code()
                && answer.errorCode() != Errors.FENCED_LEADER_EPOCH.code()) {
            return;
        }
        Optional<Leader> leader = image.leaderOf(key.topicId(), key.partition());
        leader.ifPresent(leads -> {
            answer.setCurrentLeader(new LeaderIdAndEpoch()
                    .setLeaderId(leads.nodeId())
                    .setLeaderEpoch(leads.epoch().number()));
            if (data.nodeEndpoints().find(leads.nodeId()) == null) {
                data.nodeEndpoints()
                        .add(new NodeEndpoint()
                                .setNodeId(leads.nodeId())
                                .setHost(leads.host())
                                .setPort(leads.port()));
            }
        });
    }
}
