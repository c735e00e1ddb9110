// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.producers.ProducerEntry;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DescribeProducersRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeProducersResponseData;
import org.apache.kafka.common.message.DescribeProducersResponseData.PartitionResponse;
import org.apache.kafka.common.message.DescribeProducersResponseData.ProducerState;
import org.apache.kafka.common.message.DescribeProducersResponseData.TopicResponse;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeProducersRequest;
import org.apache.kafka.common.requests.DescribeProducersResponse;

/// DescribeProducers, version 0 (KIP-664): the producers that a partition remembers, and where their open transactions
/// begin; from memory, once a read barrier has proven that it counts.
final class DescribeProducersHandler implements RequestHandler {
    private final ClusterContext cluster;

    DescribeProducersHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_PRODUCERS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeProducersResponseData answer = new DescribeProducersResponseData();
        List<CompletableFuture<Void>> described = new ArrayList<>();
        ClusterImage image = cluster.image();
        for (TopicRequest asked :
                exchange.body(DescribeProducersRequest.class).data().topics()) {
            TopicResponse topic = new TopicResponse().setName(asked.name());
            answer.topics().add(topic);
            Optional<Uuid> topicId = image.topicId(asked.name());
            for (int index : asked.partitionIndexes()) {
                PartitionResponse partition = new PartitionResponse().setPartitionIndex(index);
                topic.partitions().add(partition);
                if (TopicNames.problem(asked.name()).isPresent()) {
                    partition.setErrorCode(Errors.INVALID_TOPIC_EXCEPTION.code());
                } else if (topicId.isEmpty()) {
                    partition.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                } else {
                    described.add(describe(PartitionLocation.of(cluster, image, topicId.get(), index), partition));
                }
            }
        }
        return CompletableFuture.allOf(described.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Reply.of(new DescribeProducersResponse(answer)));
    }

    private static CompletableFuture<Void> describe(PartitionLocation location, PartitionResponse answer) {
        return switch (location) {
            case PartitionLocation.Unknown unknown -> {
                answer.setErrorCode(Errors.UNKNOWN_TOPIC_OR_PARTITION.code());
                yield CompletableFuture.completedFuture(null);
            }
            case PartitionLocation.Elsewhere elsewhere -> {
                answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                yield CompletableFuture.completedFuture(null);
            }
            case PartitionLocation.Here here ->
                here.log().producers(here.ref()).thenCombine(here.log().readBarrier(), (producers, proven) -> {
                    if (producers.isEmpty() || !proven) {
                        answer.setErrorCode(Errors.NOT_LEADER_OR_FOLLOWER.code());
                    } else {
                        producers
                                .get()
                                .forEach(producer -> answer.activeProducers().add(state(producer)));
                    }
                    return null;
                });
        };
    }

    private static ProducerState state(ProducerEntry producer) {
        return new ProducerState()
                .setProducerId(producer.producerId())
                .setProducerEpoch(producer.producerEpoch())
                .setLastSequence(
                        producer.batches().isEmpty()
                                ? -1
                                : producer.batches().getLast().lastSequence())
                .setLastTimestamp(producer.lastTimestamp())
                .setCoordinatorEpoch(producer.coordinatorEpoch())
                .setCurrentTxnStartOffset(producer.transactionStart().orElse(-1));
    }
}
