// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.DescribeQuorumRequestData;
import org.apache.kafka.common.message.DescribeQuorumResponseData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.PartitionData;
import org.apache.kafka.common.message.DescribeQuorumResponseData.ReplicaState;
import org.apache.kafka.common.message.DescribeQuorumResponseData.TopicData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeQuorumRequest;
import org.apache.kafka.common.requests.DescribeQuorumResponse;

/// DescribeQuorum, all versions, for tools that want to know whether metadata are well: the metalog in its
/// words. It has no voters but the bucket; the broker that is told as controller stands for it, with what
/// this broker has applied. How far others are is not known here (−1).
public final class DescribeQuorumHandler implements RequestHandler {
    private static final long UNKNOWN = -1;

    private final ClusterContext cluster;

    public DescribeQuorumHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_QUORUM;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeQuorumRequestData request =
                exchange.body(DescribeQuorumRequest.class).data();
        boolean ofMetadata = request.topics().size() == 1
                && request.topics().getFirst().topicName().equals(Topic.CLUSTER_METADATA_TOPIC_NAME)
                && request.topics().getFirst().partitions().size() == 1
                && request.topics().getFirst().partitions().getFirst().partitionIndex() == 0;
        return CompletableFuture.completedFuture(Reply.of(new DescribeQuorumResponse(
                ofMetadata
                        ? answer(cluster.image())
                        : DescribeQuorumRequest.getPartitionLevelErrorResponse(
                                request, Errors.UNKNOWN_TOPIC_OR_PARTITION))));
    }

    private DescribeQuorumResponseData answer(ClusterImage image) {
        int controller = Brokers.controllerId(image);
        PartitionData metalog = new PartitionData()
                .setPartitionIndex(0)
                .setErrorCode(Errors.NONE.code())
                .setLeaderId(controller)
                .setLeaderEpoch(0)
                .setHighWatermark(image.number() + 1L);
        DescribeQuorumResponseData data = new DescribeQuorumResponseData();
        image.liveBrokers().keySet().forEach(node -> {
            ReplicaState state = new ReplicaState()
                    .setReplicaId(node)
                    .setLogEndOffset(node == controller || node == cluster.nodeId() ? image.number() + 1L : UNKNOWN);
            (node == controller ? metalog.currentVoters() : metalog.observers()).add(state);
        });
        return data.setTopics(List.of(
                new TopicData().setTopicName(Topic.CLUSTER_METADATA_TOPIC_NAME).setPartitions(List.of(metalog))));
    }
}
