// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetCommitRequest;
import org.apache.kafka.common.requests.OffsetCommitResponse;

/// OffsetCommit, all versions; from version 10 on topics come by id (KIP-848). Partitions that do not exist are
/// answered one by one, the rest goes
/// to the coordinator; the answer comes when the commit is durable.
final class OffsetCommitHandler implements RequestHandler {
    private final GroupHome groups;

    OffsetCommitHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_COMMIT;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        OffsetCommitRequestData request =
                exchange.body(OffsetCommitRequest.class).data();
        Optional<GroupCoordination> coordination = groups.coordination();
        if (coordination.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(
                    new OffsetCommitResponse(OffsetCommitRequest.getErrorResponse(request, Errors.NOT_COORDINATOR))));
        }
        boolean byId = OffsetCommitResponse.useTopicIds(exchange.version());
        ClusterImage image = groups.cluster().image();
        OffsetCommitResponse.Builder answer = OffsetCommitResponse.newBuilder(byId);
        List<OffsetCommitRequestTopic> known = new ArrayList<>();
        for (OffsetCommitRequestTopic topic : request.topics()) {
            Optional<Uuid> topicId = byId ? Optional.of(topic.topicId()) : image.topicId(topic.name());
            Optional<String> name = byId ? image.topicName(topic.topicId()) : Optional.of(topic.name());
            OptionalInt partitions = topicId.map(image::partitions).orElse(OptionalInt.empty());
            if (name.isEmpty() || partitions.isEmpty()) {
                answer.addPartitions(
                        topic.topicId(),
                        topic.name(),
                        topic.partitions(),
                        OffsetCommitRequestPartition::partitionIndex,
                        byId ? Errors.UNKNOWN_TOPIC_ID : Errors.UNKNOWN_TOPIC_OR_PARTITION);
                continue;
            }
            OffsetCommitRequestTopic there = new OffsetCommitRequestTopic()
                    .setTopicId(topicId.orElse(Uuid.ZERO_UUID))
                    .setName(name.get());
            for (OffsetCommitRequestPartition partition : topic.partitions()) {
                if (partition.partitionIndex() >= 0 && partition.partitionIndex() < partitions.getAsInt()) {
                    there.partitions().add(partition);
                } else {
                    answer.addPartition(
                            topic.topicId(), name.get(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!there.partitions().isEmpty()) {
                known.add(there);
            }
        }
        if (known.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(answer.build()));
        }
        return coordination
                .get()
                .commitOffsets(exchange.context(), request.duplicate().setTopics(known))
                .thenApply(committed -> Reply.of(answer.merge(committed).build()));
    }
}
