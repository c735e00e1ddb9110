// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsRequestData.ReassignablePartition;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignablePartitionResponse;
import org.apache.kafka.common.message.AlterPartitionReassignmentsResponseData.ReassignableTopicResponse;
import org.apache.kafka.common.message.ListPartitionReassignmentsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsRequest;
import org.apache.kafka.common.requests.AlterPartitionReassignmentsResponse;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.ListPartitionReassignmentsResponse;

/// AlterPartitionReassignments and ListPartitionReassignments, all versions (KIP-455): no reassignment is
/// ever under way, and none is begun, because brokers hold no replicas that could be moved.
public final class ReassignmentHandlers {
    private ReassignmentHandlers() {}

    public static List<RequestHandler> of(ClusterContext cluster) {
        return List.of(new Alter(cluster), new ListAll());
    }

    private record Alter(ClusterContext cluster) implements RequestHandler {
        @Override
        public ApiKeys api() {
            return ApiKeys.ALTER_PARTITION_REASSIGNMENTS;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            AlterPartitionReassignmentsRequestData request =
                    exchange.body(AlterPartitionReassignmentsRequest.class).data();
            AlterPartitionReassignmentsResponseData data = new AlterPartitionReassignmentsResponseData()
                    .setErrorMessage(null)
                    .setAllowReplicationFactorChange(request.allowReplicationFactorChange());
            request.topics().forEach(topic -> {
                ReassignableTopicResponse answer = new ReassignableTopicResponse().setName(topic.name());
                topic.partitions().forEach(partition -> {
                    ApiError error = refusal(cluster.image(), topic.name(), partition);
                    answer.partitions()
                            .add(new ReassignablePartitionResponse()
                                    .setPartitionIndex(partition.partitionIndex())
                                    .setErrorCode(error.error().code())
                                    .setErrorMessage(error.message()));
                });
                data.responses().add(answer);
            });
            return CompletableFuture.completedFuture(Reply.of(new AlterPartitionReassignmentsResponse(data)));
        }

        private static ApiError refusal(ClusterImage image, String topic, ReassignablePartition partition) {
            if (image.topicId(topic)
                    .flatMap(id -> image.shardOf(id, partition.partitionIndex()))
                    .isEmpty()) {
                return new ApiError(
                        Errors.UNKNOWN_TOPIC_OR_PARTITION,
                        "Unable to find a partition " + partition.partitionIndex() + " of topic '" + topic + "'.");
            }
            return partition.replicas() == null
                    ? new ApiError(Errors.NO_REASSIGNMENT_IN_PROGRESS)
                    : new ApiError(
                            Errors.INVALID_REPLICA_ASSIGNMENT,
                            "Partitions have no replicas on brokers: every record is in the object store. Which broker"
                                    + " leads a partition is decided by Penstock, and follows the fleet by itself.");
        }
    }

    private record ListAll() implements RequestHandler {
        @Override
        public ApiKeys api() {
            return ApiKeys.LIST_PARTITION_REASSIGNMENTS;
        }

        @Override
        public CompletableFuture<Reply> handle(RequestExchange exchange) {
            return CompletableFuture.completedFuture(Reply.of(new ListPartitionReassignmentsResponse(
                    new ListPartitionReassignmentsResponseData().setErrorMessage(null))));
        }
    }
}
