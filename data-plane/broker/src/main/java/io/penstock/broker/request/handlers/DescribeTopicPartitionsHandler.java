// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.TopicView;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.Cursor;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponsePartition;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTopicPartitionsRequest;
import org.apache.kafka.common.requests.DescribeTopicPartitionsResponse;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.resource.ResourceType;

/// DescribeTopicPartitions, version 0 (KIP-966): partitions of topics in the order of their names, so many at a
/// time; a cursor says where to go on. No topic named: all. The eligible leader replicas of KIP-966 have no
/// meaning here and are empty.
public final class DescribeTopicPartitionsHandler implements RequestHandler {
    /// As Kafka's `max.request.partition.size.limit`.
    private static final int MAX_PARTITIONS = 2000;

    private final ClusterContext cluster;

    public DescribeTopicPartitionsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_TOPIC_PARTITIONS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeTopicPartitionsRequestData request =
                exchange.body(DescribeTopicPartitionsRequest.class).data();
        return CompletableFuture.completedFuture(
                Reply.of(new DescribeTopicPartitionsResponse(describe(exchange, cluster.image(), request))));
    }

    private DescribeTopicPartitionsResponseData describe(
            RequestExchange exchange, ClusterImage image, DescribeTopicPartitionsRequestData request) {
        if (request.cursor() != null && request.cursor().partitionIndex() < 0) {
            throw new InvalidRequestException("A cursor's partition is 0 or more.");
        }
        if (request.cursor() != null
                && !request.topics().isEmpty()
                && request.topics().stream()
                        .noneMatch(topic -> topic.name().equals(request.cursor().topicName()))) {
            throw new InvalidRequestException("A cursor's topic is one of those that are asked for.");
        }
        SortedSet<String> names = new TreeSet<>();
        SortedSet<String> refused = new TreeSet<>();
        if (request.topics().isEmpty()) {
            names.addAll(image.kafka().topics().topicsByName().keySet());
            names.removeIf(name -> !mayDescribe(exchange, name));
        } else {
            request.topics()
                    .forEach(topic -> (mayDescribe(exchange, topic.name()) ? names : refused).add(topic.name()));
        }
        DescribeTopicPartitionsResponseData answer = describe(exchange, image, request, names);
        refused.forEach(name -> answer.topics()
                .add(new DescribeTopicPartitionsResponseTopic()
                        .setName(name)
                        .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code())));
        return answer;
    }

    private boolean mayDescribe(RequestExchange exchange, String topic) {
        return cluster.access().allowsOnTopic(exchange.context(), AclOperation.DESCRIBE, topic);
    }

    private DescribeTopicPartitionsResponseData describe(
            RequestExchange exchange,
            ClusterImage image,
            DescribeTopicPartitionsRequestData request,
            SortedSet<String> names) {
        DescribeTopicPartitionsRequestData.Cursor from = request.cursor();
        SortedSet<String> rest = from == null ? names : names.tailSet(from.topicName());
        int room = Math.clamp(request.responsePartitionLimit(), 1, MAX_PARTITIONS);
        DescribeTopicPartitionsResponseData answer = new DescribeTopicPartitionsResponseData();
        for (String name : rest) {
            int first = from != null && from.topicName().equals(name) ? Math.max(0, from.partitionIndex()) : 0;
            if (room == 0) {
                return answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(first));
            }
            Optional<Uuid> id = image.topicId(name);
            if (id.isEmpty()) {
                answer.topics().add(unknown(exchange, name));
                continue;
            }
            TopicView view = new TopicView(image, id.get());
            int end = (int) Math.min(view.partitions(), (long) first + room);
            DescribeTopicPartitionsResponseTopic topic = new DescribeTopicPartitionsResponseTopic()
                    .setName(name)
                    .setTopicId(id.get())
                    .setIsInternal(TopicNames.isInternal(name))
                    .setTopicAuthorizedOperations(
                            cluster.access().operations(exchange.context(), ResourceType.TOPIC, name));
            for (int partition = first; partition < end; partition++) {
                topic.partitions().add(describe(view, partition));
                room--;
            }
            answer.topics().add(topic);
            if (end < view.partitions()) {
                return answer.setNextCursor(new Cursor().setTopicName(name).setPartitionIndex(end));
            }
        }
        return answer;
    }

    private DescribeTopicPartitionsResponseTopic unknown(RequestExchange exchange, String name) {
        Errors error = TopicNames.problem(name).isPresent()
                ? Errors.INVALID_TOPIC_EXCEPTION
                : Errors.UNKNOWN_TOPIC_OR_PARTITION;
        return new DescribeTopicPartitionsResponseTopic()
                .setName(name)
                .setErrorCode(error.code())
                .setTopicAuthorizedOperations(
                        cluster.access().operations(exchange.context(), ResourceType.TOPIC, name));
    }

    private static DescribeTopicPartitionsResponsePartition describe(TopicView view, int partition) {
        Optional<Leader> leader = view.leader(partition);
        List<Integer> replicas = view.replicas(leader);
        return new DescribeTopicPartitionsResponsePartition()
                .setErrorCode((leader.isPresent() ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE).code())
                .setPartitionIndex(partition)
                .setLeaderId(leader.map(Leader::nodeId).orElse(MetadataResponse.NO_LEADER_ID))
                .setLeaderEpoch(leader.map(leads -> leads.epoch().number()).orElse(-1))
                .setReplicaNodes(replicas)
                .setIsrNodes(replicas)
                .setOfflineReplicas(List.of())
                .setEligibleLeaderReplicas(List.of())
                .setLastKnownElr(List.of());
    }
}
