// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.brokerapi.v1.AdminResult;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.kafka.quotas.Mutations;
import io.penstock.metadata.ClusterImage;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.CreatePartitionsRequestData;
import org.apache.kafka.common.message.CreatePartitionsRequestData.CreatePartitionsTopic;
import org.apache.kafka.common.message.CreatePartitionsResponseData;
import org.apache.kafka.common.message.CreatePartitionsResponseData.CreatePartitionsTopicResult;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.CreatePartitionsRequest;
import org.apache.kafka.common.requests.CreatePartitionsResponse;

/// CreatePartitions, all versions; carried out by the control plane. An assignment of replicas to brokers is
/// accepted and has no effect: which broker leads is Penstock's to decide.
public final class CreatePartitionsHandler implements RequestHandler {
    private final ClusterContext cluster;

    public CreatePartitionsHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CREATE_PARTITIONS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        CreatePartitionsRequestData request =
                exchange.body(CreatePartitionsRequest.class).data();
        Set<String> names = new LinkedHashSet<>();
        Set<String> twice = new LinkedHashSet<>();
        Map<String, Integer> totals = new HashMap<>();
        for (CreatePartitionsTopic topic : request.topics()) {
            if (!names.add(topic.name())) {
                twice.add(topic.name());
            }
            totals.put(topic.name(), topic.count());
        }
        totals.keySet().removeAll(twice);
        Mutations mutations = cluster.quotas().mutations(exchange.context());
        Set<String> beyond = new LinkedHashSet<>();
        for (String name : names) {
            if (totals.containsKey(name) && !request.validateOnly() && !take(mutations, name, totals.get(name))) {
                beyond.add(name);
            }
        }
        totals.keySet().removeAll(beyond);
        CompletableFuture<AdminAnswers> answers = totals.isEmpty()
                ? AdminAnswers.none()
                : AdminAnswers.of(
                        cluster.controlPlane()
                                .createPartitions(CreatePartitionsCall.newBuilder()
                                        .setClusterId(cluster.clusterId())
                                        .setPrincipal(exchange.principal().toString())
                                        .setValidateOnly(request.validateOnly())
                                        .putAllTotalCountByTopic(totals)
                                        .setTimeoutMs(request.timeoutMs())
                                        .build()),
                        Errors.NOT_CONTROLLER,
                        AdminResult::getName);
        return answers.thenApply(found -> {
            CreatePartitionsResponseData data =
                    new CreatePartitionsResponseData().setThrottleTimeMs(mutations.pauseMillis());
            for (String name : names) {
                AdminAnswers.Answer answer = twice.contains(name)
                        ? new AdminAnswers.Answer(Errors.INVALID_REQUEST, "The topic is named twice in the request.")
                        : beyond.contains(name) ? AdminAnswers.BEYOND_QUOTA : found.of(name);
                data.results()
                        .add(new CreatePartitionsTopicResult()
                                .setName(name)
                                .setErrorCode(answer.error().code())
                                .setErrorMessage(answer.message()));
            }
            return Reply.of(new CreatePartitionsResponse(data));
        });
    }

    private boolean take(Mutations mutations, String topic, int total) {
        ClusterImage image = cluster.image();
        int present = image.topicId(topic)
                .map(id -> image.partitions(id).orElse(total))
                .orElse(total);
        return total <= present || mutations.take(total - present);
    }
}
