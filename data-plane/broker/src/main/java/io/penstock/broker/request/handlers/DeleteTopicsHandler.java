// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.kafka.quotas.Mutations;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.DeleteTopicsRequestData;
import org.apache.kafka.common.message.DeleteTopicsRequestData.DeleteTopicState;
import org.apache.kafka.common.message.DeleteTopicsResponseData;
import org.apache.kafka.common.message.DeleteTopicsResponseData.DeletableTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteTopicsRequest;
import org.apache.kafka.common.requests.DeleteTopicsResponse;
import org.jspecify.annotations.Nullable;

/// DeleteTopics, all versions, by name or (version 6) by id; carried out by the control plane.
public final class DeleteTopicsHandler implements RequestHandler {
    private final ClusterContext cluster;

    public DeleteTopicsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_TOPICS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DeleteTopicsRequestData request =
                exchange.body(DeleteTopicsRequest.class).data();
        ClusterImage image = cluster.image();
        Set<String> names = new LinkedHashSet<>();
        Set<Uuid> ids = new LinkedHashSet<>();
        Set<String> namedTwice = new LinkedHashSet<>();
        Set<Uuid> idTwice = new LinkedHashSet<>();
        List<DeletableTopicResult> results = new ArrayList<>();
        request.topicNames().stream().filter(name -> !names.add(name)).forEach(namedTwice::add);
        for (DeleteTopicState topic : request.topics()) {
            boolean hasId = !topic.topicId().equals(Uuid.ZERO_UUID);
            if (hasId == (topic.name() != null)) {
                results.add(refused(
                        topic.name(),
                        topic.topicId(),
                        "A topic is named by its name or by its id, and by one of them."));
            } else if (hasId) {
                if (!ids.add(topic.topicId())) {
                    idTwice.add(topic.topicId());
                }
            } else if (!names.add(topic.name())) {
                namedTwice.add(topic.name());
            }
        }
        names.removeAll(namedTwice);
        ids.removeAll(idTwice);
        namedTwice.forEach(name -> results.add(refused(name, Uuid.ZERO_UUID, "The topic is named twice.")));
        idTwice.forEach(id -> results.add(refused(null, id, "The topic's id is there twice.")));
        // A topic named by name and by id is deleted by neither, as Kafka has it.
        ids.removeIf(id -> image.topicName(id)
                .filter(names::remove)
                .map(name -> results.add(refused(name, id, "The topic is named by its name and by its id.")))
                .orElse(false));
        Mutations mutations = cluster.quotas().mutations(exchange.context());
        names.removeIf(name -> image.topicId(name)
                .filter(id -> isBeyond(mutations, image, id))
                .map(id -> results.add(result(AdminAnswers.BEYOND_QUOTA).setName(name)))
                .orElse(false));
        ids.removeIf(id -> image.topicName(id).isPresent()
                && isBeyond(mutations, image, id)
                && results.add(result(AdminAnswers.BEYOND_QUOTA)
                        .setTopicId(id)
                        .setName(image.topicName(id).orElse(null))));
        DeleteTopicsCall.Builder call = DeleteTopicsCall.newBuilder()
                .setClusterId(cluster.clusterId())
                .setPrincipal(exchange.principal().toString())
                .addAllNames(names)
                .setTimeoutMs(request.timeoutMs());
        ids.forEach(id -> call.addTopicIds(id.toString()));
        Set<String> idTexts = Set.copyOf(call.getTopicIdsList());
        CompletableFuture<AdminAnswers> answers = names.isEmpty() && ids.isEmpty()
                ? AdminAnswers.none()
                : AdminAnswers.of(
                        cluster.controlPlane().deleteTopics(call.build()),
                        Errors.NOT_CONTROLLER,
                        // A name may look like an id, so what was asked for by id is looked at first.
                        result ->
                                idTexts.contains(result.getTopicId()) ? "id " + result.getTopicId() : result.getName());
        return answers.thenApply(found -> {
            for (String name : names) {
                results.add(result(found.of(name)).setName(name).setTopicId(idOf(image, found, name)));
            }
            for (Uuid id : ids) {
                results.add(result(found.of("id " + id))
                        .setTopicId(id)
                        .setName(image.topicName(id).orElse(null)));
            }
            DeleteTopicsResponseData data = new DeleteTopicsResponseData().setThrottleTimeMs(mutations.pauseMillis());
            data.responses().addAll(results);
            return Reply.of(new DeleteTopicsResponse(data));
        });
    }

    private static boolean isBeyond(Mutations mutations, ClusterImage image, Uuid topicId) {
        return !mutations.take(image.partitions(topicId).orElse(0));
    }

    private static DeletableTopicResult refused(@Nullable String name, Uuid id, String why) {
        return new DeletableTopicResult()
                .setName(name)
                .setTopicId(id)
                .setErrorCode(Errors.INVALID_REQUEST.code())
                .setErrorMessage(why);
    }

    private static Uuid idOf(ClusterImage image, AdminAnswers found, String name) {
        if (found.of(name).error() != Errors.NONE) {
            return Uuid.ZERO_UUID;
        }
        AdminResult result = found.result(name);
        return result.getTopicId().isEmpty()
                ? image.topicId(name).orElse(Uuid.ZERO_UUID)
                : Uuid.fromString(result.getTopicId());
    }

    private static DeletableTopicResult result(AdminAnswers.Answer answer) {
        return new DeletableTopicResult().setErrorCode(answer.error().code()).setErrorMessage(answer.message());
    }
}
