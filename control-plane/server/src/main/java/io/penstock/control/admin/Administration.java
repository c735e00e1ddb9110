// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.admin;

import com.google.protobuf.ByteString;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.AlterConfig;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.AlterConfigsResource;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.control.fleet.AdminCalls;
import io.penstock.control.identity.AccessChanges;
import io.penstock.control.topic.ConfigWish;
import io.penstock.control.topic.TopicResult;
import io.penstock.control.topic.TopicService;
import io.penstock.control.topic.TopicWish;
import io.penstock.metadata.ConfigChange;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.springframework.stereotype.Component;

/// Translates brokers' administrative calls into the words of the topic and identity modules, and their answers back.
///
/// The session's broker has authorized its client, so no permission is asked for here.
@Component
class Administration implements AdminCalls {
    private final TopicService topics;
    private final AccessChanges access;

    Administration(TopicService topics, AccessChanges access) {
        this.topics = topics;
        this.access = access;
    }

    @Override
    public AdminReply createTopics(CreateTopicsCall call) {
        var wishes = call.getTopicsList().stream().map(Administration::wish).toList();
        return reply(topics.createTopics(call.getClusterId(), wishes, call.getValidateOnly()), Set.of());
    }

    private static TopicWish wish(NewTopic topic) {
        return new TopicWish(
                topic.getName(), topic.getPartitions(), topic.getReplicationFactor(), topic.getConfigsMap());
    }

    @Override
    public AdminReply createPartitions(CreatePartitionsCall call) {
        return reply(
                topics.createPartitions(call.getClusterId(), call.getTotalCountByTopicMap(), call.getValidateOnly()),
                Set.of());
    }

    @Override
    public AdminReply deleteTopics(DeleteTopicsCall call) {
        List<Uuid> ids = call.getTopicIdsList().stream().map(Uuid::fromString).toList();
        return reply(
                topics.deleteTopics(call.getClusterId(), call.getNamesList(), ids), Set.copyOf(call.getTopicIdsList()));
    }

    @Override
    public AdminReply alterConfigs(AlterConfigsCall call) {
        var wishes = call.getResourcesList().stream().map(Administration::wish).toList();
        return reply(topics.alterConfigs(call.getClusterId(), wishes, call.getValidateOnly()), Set.of());
    }

    @Override
    public ForwardReply forward(ForwardCall call) {
        try {
            return ForwardReply.newBuilder()
                    .setResponse(ByteString.copyFrom(access.forwarded(
                            call.getClusterId(),
                            ApiKeys.forId(call.getApiKey()),
                            (short) call.getApiVersion(),
                            call.getRequest().asReadOnlyByteBuffer())))
                    .build();
        } catch (CompletionException e) {
            throw unwrapped(e);
        }
    }

    private static ConfigWish wish(AlterConfigsResource resource) {
        return new ConfigWish(
                ConfigResource.Type.valueOf(resource.getType()),
                resource.getName(),
                resource.getChangesList().stream().map(Administration::change).toList());
    }

    private static ConfigChange change(AlterConfig change) {
        return new ConfigChange(
                ConfigChange.Operation.valueOf(change.getOperation()),
                change.getName(),
                change.hasValue() ? Optional.of(change.getValue()) : Optional.empty());
    }

    /// @param askedIds topic ids that the call named; what is refused by id still says which id it was
    private static AdminReply reply(CompletableFuture<List<TopicResult>> results, Set<String> askedIds) {
        try {
            var reply = AdminReply.newBuilder();
            results.join().forEach(result -> reply.addResults(result(result, askedIds)));
            return reply.build();
        } catch (CompletionException e) {
            throw unwrapped(e);
        }
    }

    private static RuntimeException unwrapped(CompletionException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : e;
    }

    private static AdminResult result(TopicResult result, Set<String> askedIds) {
        var told = AdminResult.newBuilder()
                .setName(result.name())
                .setError(result.error().name())
                .setMessage(result.message())
                .setPartitions(result.partitions())
                .setReplicationFactor(result.replicationFactor())
                .putAllConfigs(result.configs())
                .setEntry(result.entry());
        if (!result.topicId().equals(Uuid.ZERO_UUID)) {
            told.setTopicId(result.topicId().toString());
        } else if (askedIds.contains(result.name())) {
            told.setTopicId(result.name());
        }
        return told.build();
    }
}
