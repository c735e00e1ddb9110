// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ElectLeadersRequestData;
import org.apache.kafka.common.message.ElectLeadersRequestData.TopicPartitions;
import org.apache.kafka.common.message.ElectLeadersResponseData;
import org.apache.kafka.common.message.ElectLeadersResponseData.PartitionResult;
import org.apache.kafka.common.message.ElectLeadersResponseData.ReplicaElectionResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ApiError;
import org.apache.kafka.common.requests.ElectLeadersRequest;
import org.apache.kafka.common.requests.ElectLeadersResponse;

/// ElectLeaders, all versions: who leads is the preferred leader, so there is nothing to elect where somebody
/// does, and nobody to be elected by a client where nobody does: the control plane gives the shard to a
/// broker as soon as there is one.
public final class ElectLeadersHandler implements RequestHandler {
    private final ClusterContext cluster;

    public ElectLeadersHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ELECT_LEADERS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ElectLeadersRequestData request =
                exchange.body(ElectLeadersRequest.class).data();
        ClusterImage image = cluster.image();
        boolean everything = request.topicPartitions() == null;
        ElectLeadersResponseData data = new ElectLeadersResponseData();
        for (TopicPartitions topic : everything ? all(image) : request.topicPartitions()) {
            ReplicaElectionResult result = new ReplicaElectionResult().setTopic(topic.topic());
            for (int partition : topic.partitions()) {
                ApiError error = elect(image, topic.topic(), partition, ElectionType.valueOf(request.electionType()));
                // Whoever asks for all hears only of those where something is to be told, as in Kafka.
                if (!everything || error.error() != Errors.ELECTION_NOT_NEEDED) {
                    result.partitionResult()
                            .add(new PartitionResult()
                                    .setPartitionId(partition)
                                    .setErrorCode(error.error().code())
                                    .setErrorMessage(error.message()));
                }
            }
            data.replicaElectionResults().add(result);
        }
        return CompletableFuture.completedFuture(Reply.of(new ElectLeadersResponse(data)));
    }

    private static List<TopicPartitions> all(ClusterImage image) {
        List<TopicPartitions> all = new ArrayList<>();
        image.kafka()
                .topics()
                .topicsByName()
                .forEach((name, topic) -> all.add(new TopicPartitions()
                        .setTopic(name)
                        .setPartitions(IntStream.range(0, topic.partitions().size())
                                .boxed()
                                .toList())));
        return all;
    }

    private static ApiError elect(ClusterImage image, String topic, int partition, ElectionType type) {
        Optional<Uuid> id = image.topicId(topic);
        if (id.isEmpty()) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such topic as " + topic);
        }
        if (image.shardOf(id.get(), partition).isEmpty()) {
            return new ApiError(Errors.UNKNOWN_TOPIC_OR_PARTITION, "No such partition as " + topic + "-" + partition);
        }
        if (image.leaderOf(id.get(), partition).isPresent()) {
            return new ApiError(Errors.ELECTION_NOT_NEEDED);
        }
        return new ApiError(
                type == ElectionType.PREFERRED
                        ? Errors.PREFERRED_LEADER_NOT_AVAILABLE
                        : Errors.ELIGIBLE_LEADERS_NOT_AVAILABLE);
    }
}
