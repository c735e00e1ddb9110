// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import com.google.protobuf.ByteString;
import io.penstock.broker.request.ControlPlane;
import io.penstock.broker.request.ControlPlaneAway;
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
import io.penstock.metadata.AccessRequests;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;

/// A control plane that knows one cluster and changes its image at once; it can be away.
public final class MemoryControlPlane implements ControlPlane {
    private final Supplier<ClusterImage> image;
    private final Consumer<List<MetalogRecord>> change;
    private volatile boolean away;

    MemoryControlPlane(Supplier<ClusterImage> image, Consumer<List<MetalogRecord>> change) {
        this.image = image;
        this.change = change;
    }

    public void away(boolean isAway) {
        away = isAway;
    }

    @Override
    public CompletableFuture<AdminReply> createTopics(CreateTopicsCall call) {
        return answered(reply -> call.getTopicsList().forEach(topic -> reply.addResults(create(topic, call))));
    }

    private AdminResult create(NewTopic topic, CreateTopicsCall call) {
        AdminResult.Builder result = AdminResult.newBuilder().setName(topic.getName());
        if (image.get().topicId(topic.getName()).isPresent()) {
            return result.setError(Errors.TOPIC_ALREADY_EXISTS.name())
                    .setMessage("Topic '" + topic.getName() + "' already exists.")
                    .build();
        }
        var settings = image.get().settings().orElseThrow();
        int partitions = topic.getPartitions() == -1 ? settings.defaultPartitions() : topic.getPartitions();
        int replicas =
                topic.getReplicationFactor() == -1 ? settings.defaultReplicationFactor() : topic.getReplicationFactor();
        Uuid id = Uuid.randomUuid();
        if (!call.getValidateOnly()) {
            change.accept(MetalogRecords.createTopic(
                    topic.getName(), id, partitions, replicas, settings.shards(), topic.getConfigsMap()));
        }
        return result.setError(Errors.NONE.name())
                .setTopicId(id.toString())
                .setPartitions(partitions)
                .setReplicationFactor(replicas)
                .putAllConfigs(topic.getConfigsMap())
                .build();
    }

    @Override
    public CompletableFuture<AdminReply> createPartitions(CreatePartitionsCall call) {
        return answered(reply -> call.getTotalCountByTopicMap().forEach((name, total) -> {
            ClusterImage now = image.get();
            Optional<Uuid> id = now.topicId(name);
            AdminResult.Builder result = AdminResult.newBuilder().setName(name).setError(Errors.NONE.name());
            if (id.isEmpty()) {
                result.setError(Errors.UNKNOWN_TOPIC_OR_PARTITION.name());
            } else {
                int present = now.partitions(id.get()).orElseThrow();
                if (total <= present) {
                    result.setError(Errors.INVALID_PARTITIONS.name())
                            .setMessage("Topic currently has " + present + " partitions.");
                } else if (!call.getValidateOnly()) {
                    change.accept(MetalogRecords.addPartitions(
                            id.get(), present, total, now.shards().count()));
                }
            }
            reply.addResults(result);
        }));
    }

    @Override
    public CompletableFuture<AdminReply> deleteTopics(DeleteTopicsCall call) {
        return answered(reply -> {
            call.getNamesList()
                    .forEach(name -> reply.addResults(delete(
                            AdminResult.newBuilder().setName(name),
                            image.get().topicId(name),
                            Errors.UNKNOWN_TOPIC_OR_PARTITION)));
            call.getTopicIdsList().forEach(text -> {
                Uuid id = Uuid.fromString(text);
                Optional<String> name = image.get().topicName(id);
                reply.addResults(delete(
                        AdminResult.newBuilder().setTopicId(text).setName(name.orElse("")),
                        name.map(known -> id),
                        Errors.UNKNOWN_TOPIC_ID));
            });
        });
    }

    private AdminResult delete(AdminResult.Builder result, Optional<Uuid> id, Errors ifUnknown) {
        if (id.isEmpty()) {
            return result.setError(ifUnknown.name()).build();
        }
        change.accept(MetalogRecords.deleteTopic(id.get()));
        return result.setError(Errors.NONE.name())
                .setTopicId(id.get().toString())
                .build();
    }

    @Override
    public CompletableFuture<AdminReply> alterConfigs(AlterConfigsCall call) {
        return answered(reply -> {
            for (AlterConfigsResource resource : call.getResourcesList()) {
                Map<String, Optional<String>> changes = new TreeMap<>();
                for (AlterConfig alter : resource.getChangesList()) {
                    changes.put(
                            alter.getName(),
                            alter.getOperation().equals("SET") ? Optional.of(alter.getValue()) : Optional.empty());
                }
                if (!call.getValidateOnly()) {
                    change.accept(MetalogRecords.setConfigs(
                            new ConfigResource(ConfigResource.Type.valueOf(resource.getType()), resource.getName()),
                            changes));
                }
                reply.addResults(
                        AdminResult.newBuilder().setName(resource.getName()).setError(Errors.NONE.name()));
            }
        });
    }

    @Override
    public CompletableFuture<ForwardReply> forward(ForwardCall call) {
        if (away) {
            return CompletableFuture.failedFuture(new ControlPlaneAway("the test's control plane is away"));
        }
        AccessRequests.Plan plan = AccessRequests.plan(
                image.get(),
                ApiKeys.forId(call.getApiKey()),
                (short) call.getApiVersion(),
                call.getRequest().asReadOnlyByteBuffer(),
                Uuid::randomUuid);
        if (!plan.records().isEmpty()) {
            change.accept(plan.records());
        }
        return CompletableFuture.completedFuture(ForwardReply.newBuilder()
                .setResponse(ByteString.copyFrom(plan.response()))
                .build());
    }

    private CompletableFuture<AdminReply> answered(Consumer<AdminReply.Builder> fill) {
        if (away) {
            return CompletableFuture.failedFuture(new ControlPlaneAway("the test's control plane is away"));
        }
        AdminReply.Builder reply = AdminReply.newBuilder();
        fill.accept(reply);
        return CompletableFuture.completedFuture(reply.build());
    }
}
