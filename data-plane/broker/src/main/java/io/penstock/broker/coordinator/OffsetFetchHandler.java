// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.log.ClusterLog;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetFetchRequest;
import org.apache.kafka.common.requests.OffsetFetchResponse;

/// OffsetFetch, all versions: one group or many (KIP-709), some partitions or all, topics by id from version 10 on
/// (KIP-848).
/// Committed offsets are never told from memory alone: a read barrier proves first that nobody else coordinates the
/// group by now.
final class OffsetFetchHandler implements RequestHandler {
    private final GroupHome groups;

    OffsetFetchHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_FETCH;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        OffsetFetchRequest request = exchange.body(OffsetFetchRequest.class);
        Optional<ClusterLog> log = groups.cluster().log();
        Optional<GroupCoordination> coordination = groups.coordination();
        if (log.isEmpty() || coordination.isEmpty()) {
            return CompletableFuture.completedFuture(failed(request, exchange.version(), Errors.NOT_COORDINATOR));
        }
        List<CompletableFuture<OffsetFetchResponseGroup>> fetched = new ArrayList<>();
        for (OffsetFetchRequestGroup group : request.groups()) {
            fetched.add(fetch(coordination.get(), exchange, group, request.requireStable()));
        }
        return log.get()
                .readBarrier()
                .thenCompose(proven -> proven
                        ? all(fetched)
                                .thenApply(groups ->
                                        Reply.of(new OffsetFetchResponse.Builder(groups).build(exchange.version())))
                        : CompletableFuture.completedFuture(
                                failed(request, exchange.version(), Errors.COORDINATOR_NOT_AVAILABLE)));
    }

    private CompletableFuture<OffsetFetchResponseGroup> fetch(
            GroupCoordination coordination,
            RequestExchange exchange,
            OffsetFetchRequestGroup group,
            boolean requireStable) {
        ClusterImage image = groups.cluster().image();
        boolean byId = OffsetFetchRequest.useTopicIds(exchange.version());
        if (OffsetFetchRequest.requestAllOffsets(group)) {
            return coordination
                    .fetchOffsets(exchange.context(), group, requireStable)
                    .thenApply(answer -> byId ? withIds(image, answer) : answer);
        }
        List<OffsetFetchRequestTopics> known = new ArrayList<>();
        List<OffsetFetchResponseTopics> unknown = new ArrayList<>();
        for (OffsetFetchRequestTopics topic : group.topics()) {
            Optional<String> name = byId ? image.topicName(topic.topicId()) : Optional.of(topic.name());
            if (name.isPresent()) {
                known.add(topic.duplicate().setName(name.get()));
            } else {
                unknown.add(unknown(topic));
            }
        }
        return coordination
                .fetchOffsets(exchange.context(), group.duplicate().setTopics(known), requireStable)
                .thenApply(answer -> {
                    if (answer.errorCode() != Errors.NONE.code()) {
                        return answer;
                    }
                    OffsetFetchResponseGroup whole = byId ? withIds(image, answer) : answer;
                    whole.topics().addAll(unknown);
                    return whole;
                });
    }

    private static OffsetFetchResponseTopics unknown(OffsetFetchRequestTopics topic) {
        OffsetFetchResponseTopics answer = new OffsetFetchResponseTopics().setTopicId(topic.topicId());
        for (int partition : topic.partitionIndexes()) {
            answer.partitions()
                    .add(new OffsetFetchResponsePartitions()
                            .setPartitionIndex(partition)
                            .setCommittedOffset(OffsetFetchResponse.INVALID_OFFSET)
                            .setMetadata(OffsetFetchResponse.NO_METADATA)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code()));
        }
        return answer;
    }

    /// Topics that are gone by now have no id to be told by, and are left out.
    private static OffsetFetchResponseGroup withIds(ClusterImage image, OffsetFetchResponseGroup answer) {
        List<OffsetFetchResponseTopics> topics = new ArrayList<>();
        for (OffsetFetchResponseTopics topic : answer.topics()) {
            image.topicId(topic.name()).ifPresent(id -> topics.add(topic.setTopicId(id)));
        }
        return answer.setTopics(topics);
    }

    private static Reply failed(OffsetFetchRequest request, short version, Errors error) {
        return Reply.of(new OffsetFetchResponse.Builder(request.groups().stream()
                        .map(group -> OffsetFetchResponse.groupError(group, error, version))
                        .toList())
                .build(version));
    }

    private static CompletableFuture<List<OffsetFetchResponseGroup>> all(
            List<CompletableFuture<OffsetFetchResponseGroup>> groups) {
        return CompletableFuture.allOf(groups.toArray(CompletableFuture<?>[]::new))
                .thenApply(done -> groups.stream().map(CompletableFuture::join).toList());
    }
}
