// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.metadata.ClusterImage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.OffsetDeleteRequest;
import org.apache.kafka.common.requests.OffsetDeleteResponse;

/// OffsetDelete, version 0 (KIP-496): forgets offsets of partitions that the group does not subscribe to.
final class OffsetDeleteHandler implements RequestHandler {
    private final GroupHome groups;

    OffsetDeleteHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.OFFSET_DELETE;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        OffsetDeleteRequestData request =
                exchange.body(OffsetDeleteRequest.class).data();
        Optional<GroupCoordination> coordination = groups.coordination();
        if (coordination.isEmpty()) {
            return CompletableFuture.completedFuture(Reply.of(new OffsetDeleteResponse(
                    new OffsetDeleteResponseData().setErrorCode(Errors.NOT_COORDINATOR.code()))));
        }
        ClusterImage image = groups.cluster().image();
        OffsetDeleteResponse.Builder answer = new OffsetDeleteResponse.Builder();
        OffsetDeleteRequestTopicCollection known = new OffsetDeleteRequestTopicCollection();
        for (OffsetDeleteRequestTopic topic : request.topics()) {
            int partitions = image.topicId(topic.name())
                    .map(id -> image.partitions(id).orElse(0))
                    .orElse(0);
            OffsetDeleteRequestTopic there = new OffsetDeleteRequestTopic().setName(topic.name());
            for (OffsetDeleteRequestPartition partition : topic.partitions()) {
                if (partition.partitionIndex() >= 0 && partition.partitionIndex() < partitions) {
                    there.partitions().add(partition);
                } else {
                    answer.addPartition(topic.name(), partition.partitionIndex(), Errors.UNKNOWN_TOPIC_OR_PARTITION);
                }
            }
            if (!there.partitions().isEmpty()) {
                known.add(there);
            }
        }
        return coordination
                .get()
                .deleteOffsets(
                        exchange.context(),
                        new OffsetDeleteRequestData()
                                .setGroupId(request.groupId())
                                .setTopics(known))
                .thenApply(deleted -> deleted.errorCode() == Errors.NONE.code()
                        ? Reply.of(answer.merge(deleted).build())
                        : Reply.of(new OffsetDeleteResponse(deleted)));
    }
}
