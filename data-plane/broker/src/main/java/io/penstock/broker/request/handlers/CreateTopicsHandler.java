// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.kafka.quotas.Mutations;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.ConfigValue;
import io.penstock.metadata.TopicConfigs;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableReplicaAssignment;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopicConfig;
import org.apache.kafka.common.message.CreateTopicsResponseData;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicConfigs;
import org.apache.kafka.common.message.CreateTopicsResponseData.CreatableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreateTopicsRequest;
import org.apache.kafka.common.requests.CreateTopicsResponse;

/// CreateTopics, all versions: carried out by the control plane, which answers when the topics are in the
/// metalog. Any replication factor is accepted and echoed. An assignment of replicas to brokers is taken for
/// the counts it implies; which broker leads is Penstock's to decide.
public final class CreateTopicsHandler implements RequestHandler {
    private final ClusterContext cluster;

    public CreateTopicsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CREATE_TOPICS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        CreateTopicsRequestData request =
                exchange.body(CreateTopicsRequest.class).data();
        Map<String, AdminAnswers.Answer> refused = new HashMap<>();
        Set<String> names = new HashSet<>();
        CreateTopicsCall.Builder call = CreateTopicsCall.newBuilder()
                .setClusterId(cluster.clusterId())
                .setPrincipal(exchange.principal().toString())
                .setValidateOnly(request.validateOnly())
                .setTimeoutMs(request.timeoutMs());
        Map<String, NewTopic> asked = new LinkedHashMap<>();
        Mutations mutations = cluster.quotas().mutations(exchange.context());
        for (CreatableTopic topic : request.topics()) {
            String name = topic.name();
            if (!names.add(name)) {
                asked.remove(name);
                refused.put(
                        name,
                        new AdminAnswers.Answer(Errors.INVALID_REQUEST, "The topic is named twice in the request."));
                continue;
            }
            Optional<AdminAnswers.Answer> problem = problem(topic)
                    .or(() -> isBeyond(mutations, request, topic)
                            ? Optional.of(AdminAnswers.BEYOND_QUOTA)
                            : Optional.empty());
            if (problem.isPresent()) {
                refused.put(name, problem.get());
            } else {
                asked.put(name, newTopic(topic));
            }
        }
        CompletableFuture<AdminAnswers> answers = asked.isEmpty()
                ? AdminAnswers.none()
                : AdminAnswers.of(
                        cluster.controlPlane()
                                .createTopics(call.addAllTopics(asked.values()).build()),
                        Errors.NOT_CONTROLLER,
                        AdminResult::getName);
        return answers.thenApply(found -> Reply.of(
                new CreateTopicsResponse(answer(names, refused, found).setThrottleTimeMs(mutations.pauseMillis()))));
    }

    private boolean isBeyond(Mutations mutations, CreateTopicsRequestData request, CreatableTopic topic) {
        ClusterImage image = cluster.image();
        if (request.validateOnly() || image.topicId(topic.name()).isPresent()) {
            return false;
        }
        int partitions = topic.assignments().isEmpty()
                ? topic.numPartitions()
                : topic.assignments().size();
        return !mutations.take(
                partitions > 0
                        ? partitions
                        : image.settings()
                                .map(ClusterSettings::defaultPartitions)
                                .orElse(1));
    }

    private static Optional<AdminAnswers.Answer> problem(CreatableTopic topic) {
        for (CreatableTopicConfig config : topic.configs()) {
            if (config.value() == null) {
                return Optional.of(new AdminAnswers.Answer(
                        Errors.INVALID_CONFIG, "Null value not supported for topic configs: " + config.name()));
            }
        }
        if (topic.assignments().isEmpty()) {
            return Optional.empty();
        }
        if (topic.numPartitions() != -1 || topic.replicationFactor() != -1) {
            return Optional.of(new AdminAnswers.Answer(
                    Errors.INVALID_REQUEST, "Both an assignment of replicas and counts are given: give one of them."));
        }
        Set<Integer> replicaCounts = new HashSet<>();
        for (int partition = 0; partition < topic.assignments().size(); partition++) {
            CreatableReplicaAssignment assignment = topic.assignments().find(partition);
            if (assignment == null || assignment.brokerIds().isEmpty()) {
                return Optional.of(new AdminAnswers.Answer(
                        Errors.INVALID_REPLICA_ASSIGNMENT,
                        "Partitions are numbered from 0 without gaps, each with at least one replica."));
            }
            replicaCounts.add(assignment.brokerIds().size());
        }
        if (replicaCounts.size() > 1) {
            return Optional.of(new AdminAnswers.Answer(
                    Errors.INVALID_REPLICA_ASSIGNMENT, "All partitions must have the same number of replicas."));
        }
        return Optional.empty();
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        NewTopic.Builder asked = NewTopic.newBuilder()
                .setName(topic.name())
                .setPartitions(topic.numPartitions())
                .setReplicationFactor(topic.replicationFactor());
        CreatableReplicaAssignment first = topic.assignments().find(0);
        if (first != null) {
            asked.setPartitions(topic.assignments().size())
                    .setReplicationFactor(first.brokerIds().size());
        }
        topic.configs().forEach(config -> asked.putConfigs(config.name(), config.value()));
        return asked.build();
    }

    private static CreateTopicsResponseData answer(
            Set<String> names, Map<String, AdminAnswers.Answer> refused, AdminAnswers found) {
        CreateTopicsResponseData data = new CreateTopicsResponseData();
        for (String name : names) {
            AdminAnswers.Answer known = refused.get(name);
            AdminAnswers.Answer answer = known != null ? known : found.of(name);
            CreatableTopicResult topic = new CreatableTopicResult()
                    .setName(name)
                    .setErrorCode(answer.error().code())
                    .setErrorMessage(answer.message());
            if (answer.error() == Errors.NONE) {
                AdminResult result = found.result(name);
                topic.setTopicId(result.getTopicId().isEmpty() ? Uuid.ZERO_UUID : Uuid.fromString(result.getTopicId()))
                        .setNumPartitions(result.getPartitions())
                        .setReplicationFactor((short) result.getReplicationFactor())
                        .setConfigs(configs(result.getConfigsMap()));
            }
            data.topics().add(topic);
        }
        return data;
    }

    private static List<CreatableTopicConfigs> configs(Map<String, String> set) {
        List<CreatableTopicConfigs> configs = new ArrayList<>();
        for (ConfigValue value : TopicConfigs.describe(set)) {
            configs.add(new CreatableTopicConfigs()
                    .setName(value.definition().name())
                    .setValue(value.value().orElse(null))
                    .setReadOnly(false)
                    .setConfigSource(ConfigAnswers.source(value, ConfigResource.Type.TOPIC)
                            .id())
                    .setIsSensitive(false));
        }
        return configs;
    }
}
