// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TopicView;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.kafka.protocol.TopicNames;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.Leader;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.message.MetadataRequestData.MetadataRequestTopic;
import org.apache.kafka.common.message.MetadataResponseData;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseBroker;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponsePartition;
import org.apache.kafka.common.message.MetadataResponseData.MetadataResponseTopic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.MetadataRequest;
import org.apache.kafka.common.requests.MetadataResponse;
import org.apache.kafka.common.resource.ResourceType;
import org.jspecify.annotations.Nullable;

/// Metadata, all versions: brokers, topics by name or id (KIP-516), leaders and epochs (KIP-320), all topics
/// (null, or none named in version 0) or none (empty, from version 1). A missing topic is created if client and
/// cluster allow it; the client is told LEADER_NOT_AVAILABLE, which makes every client come again.
public final class MetadataHandler implements RequestHandler {
    private static final short NAME_OR_ID_SINCE = 12; // the fields are there since 10, and a mistake before

    private final ClusterContext cluster;
    private final TopicAutoCreation autoCreation;

    public MetadataHandler(ClusterContext cluster, TopicAutoCreation autoCreation) {
        this.cluster = cluster;
        this.autoCreation = autoCreation;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.METADATA;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        MetadataRequest request = exchange.body(MetadataRequest.class);
        if (!request.isAllTopics() && exchange.version() < NAME_OR_ID_SINCE) {
            for (MetadataRequestTopic topic : request.data().topics()) {
                if (topic.name() == null || !topic.topicId().equals(Uuid.ZERO_UUID)) {
                    throw new InvalidRequestException("Topics are asked for by name in version " + exchange.version()
                            + ", by id since version " + NAME_OR_ID_SINCE + ".");
                }
            }
        }
        ClusterImage image = cluster.image();
        MetadataResponseData answer = new MetadataResponseData()
                .setClusterId(cluster.clusterId())
                .setControllerId(Brokers.controllerId(image))
                .setClusterAuthorizedOperations(
                        request.data().includeClusterAuthorizedOperations()
                                ? clusterOperations(exchange)
                                : AccessControl.NOT_ASKED);
        image.liveBrokers()
                .forEach((node, endpoint) -> answer.brokers()
                        .add(new MetadataResponseBroker()
                                .setNodeId(node)
                                .setHost(endpoint.host())
                                .setPort(endpoint.port())
                                .setRack(endpoint.zone().orElse(null))));
        for (MetadataResponseTopic topic : topics(exchange, request, image)) {
            boolean tell = request.data().includeTopicAuthorizedOperations()
                    && topic.name() != null
                    && topic.errorCode() != Errors.TOPIC_AUTHORIZATION_FAILED.code();
            answer.topics()
                    .add(topic.setTopicAuthorizedOperations(
                            tell
                                    ? cluster.access().operations(exchange.context(), ResourceType.TOPIC, topic.name())
                                    : AccessControl.NOT_ASKED));
        }
        return CompletableFuture.completedFuture(Reply.of(new MetadataResponse(answer, exchange.version())));
    }

    /// Who may not describe the cluster is not told what it may do there.
    private int clusterOperations(RequestExchange exchange) {
        AccessControl access = cluster.access();
        return access.allowsOnCluster(exchange.context(), AclOperation.DESCRIBE)
                ? access.operationsOnCluster(exchange.context())
                : 0;
    }

    private boolean mayDescribe(RequestExchange exchange, String topic) {
        return cluster.access().allowsOnTopic(exchange.context(), AclOperation.DESCRIBE, topic);
    }

    private List<MetadataResponseTopic> topics(RequestExchange exchange, MetadataRequest request, ClusterImage image) {
        List<MetadataResponseTopic> topics = new ArrayList<>();
        if (request.isAllTopics()) {
            for (String name : image.kafka().topics().topicsByName().keySet()) {
                if (mayDescribe(exchange, name)) {
                    image.topicId(name).ifPresent(id -> topics.add(known(image, name, id)));
                }
            }
            return topics;
        }
        Set<String> names = new LinkedHashSet<>();
        Set<Uuid> ids = new LinkedHashSet<>();
        for (MetadataRequestTopic asked : request.data().topics()) {
            if (!asked.topicId().equals(Uuid.ZERO_UUID)) {
                ids.add(asked.topicId());
            } else if (asked.name() != null) {
                names.add(asked.name());
            }
        }
        for (Uuid id : ids) {
            topics.add(image.topicName(id)
                    .map(name -> mayDescribe(exchange, name)
                            ? known(image, name, id)
                            // Topic ids are no secret, names are.
                            : refused(null, id))
                    .orElseGet(() -> new MetadataResponseTopic()
                            .setTopicId(id)
                            .setName(null)
                            .setErrorCode(Errors.UNKNOWN_TOPIC_ID.code())));
        }
        for (String name : names) {
            if (!mayDescribe(exchange, name)) {
                topics.add(refused(name, Uuid.ZERO_UUID));
                continue;
            }
            topics.add(image.topicId(name)
                    .map(id -> known(image, name, id))
                    .orElseGet(() -> new MetadataResponseTopic()
                            .setName(name)
                            .setIsInternal(TopicNames.isInternal(name))
                            .setErrorCode(
                                    missing(exchange, request, image, name).code())));
        }
        return topics;
    }

    private static MetadataResponseTopic refused(@Nullable String name, Uuid id) {
        return new MetadataResponseTopic()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(Errors.TOPIC_AUTHORIZATION_FAILED.code());
    }

    private static MetadataResponseTopic known(ClusterImage image, String name, Uuid id) {
        TopicView view = new TopicView(image, id);
        int count = view.partitions();
        List<MetadataResponsePartition> partitions = new ArrayList<>(count);
        for (int partition = 0; partition < count; partition++) {
            Optional<Leader> leader = view.leader(partition);
            List<Integer> replicas = view.replicas(leader);
            partitions.add(new MetadataResponsePartition()
                    .setErrorCode((leader.isPresent() ? Errors.NONE : Errors.LEADER_NOT_AVAILABLE).code())
                    .setPartitionIndex(partition)
                    .setLeaderId(leader.map(Leader::nodeId).orElse(MetadataResponse.NO_LEADER_ID))
                    .setLeaderEpoch(leader.map(leads -> leads.epoch().number()).orElse(-1))
                    .setReplicaNodes(replicas)
                    .setIsrNodes(replicas)
                    .setOfflineReplicas(List.of()));
        }
        return new MetadataResponseTopic()
                .setName(name)
                .setTopicId(id)
                .setIsInternal(TopicNames.isInternal(name))
                .setPartitions(partitions);
    }

    private Errors missing(RequestExchange exchange, MetadataRequest request, ClusterImage image, String name) {
        if (TopicNames.problem(name).isPresent()) {
            return Errors.INVALID_TOPIC_EXCEPTION;
        }
        boolean create = request.allowAutoTopicCreation()
                && !TopicNames.isInternal(name)
                && image.settings().map(settings -> settings.autoCreateTopics()).orElse(false);
        if (!create) {
            return Errors.UNKNOWN_TOPIC_OR_PARTITION;
        }
        if (!cluster.access().allowsOnCluster(exchange.context(), AclOperation.CREATE)
                && !cluster.access().allowsOnTopic(exchange.context(), AclOperation.CREATE, name)) {
            return Errors.TOPIC_AUTHORIZATION_FAILED;
        }
        autoCreation.begin(
                NewTopic.newBuilder()
                        .setName(name)
                        .setPartitions(-1)
                        .setReplicationFactor(-1)
                        .build(),
                exchange.principal().toString());
        return Errors.LEADER_NOT_AVAILABLE;
    }
}
