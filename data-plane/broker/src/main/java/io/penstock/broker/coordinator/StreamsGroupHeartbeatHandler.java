// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.kafka.groups.StreamsHeartbeat;
import io.penstock.metadata.Features;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.message.CreateTopicsRequestData.CreatableTopic;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatRequest;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse;
import org.apache.kafka.common.requests.StreamsGroupHeartbeatResponse.Status;

/// StreamsGroupHeartbeat, all versions (KIP-1071): the whole of a Kafka Streams application's protocol in one call.
///
/// Repartition and changelog topics that are missing are asked of the control plane in the application's name; the
/// application finds them by one of its next heartbeats, or learns why they could not be made.
final class StreamsGroupHeartbeatHandler implements RequestHandler {
    private final GroupHome groups;
    private final TopicAutoCreation autoCreation;

    StreamsGroupHeartbeatHandler(GroupHome groups, TopicAutoCreation autoCreation) {
        this.groups = groups;
        this.autoCreation = autoCreation;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.STREAMS_GROUP_HEARTBEAT;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        StreamsGroupHeartbeatRequest body = exchange.body(StreamsGroupHeartbeatRequest.class);
        if (!Features.streamsGroups(groups.cluster().image())) {
            return CompletableFuture.completedFuture(
                    Reply.of(body.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception())));
        }
        StreamsGroupHeartbeatRequestData request = body.data();
        return groups.coordination()
                .map(coordination -> coordination.streamsGroupHeartbeat(exchange.context(), request))
                .orElseGet(() -> CompletableFuture.completedFuture(new StreamsHeartbeat(
                        new StreamsGroupHeartbeatResponseData().setErrorCode(Errors.NOT_COORDINATOR.code()),
                        List.of())))
                .thenApply(heartbeat -> {
                    if (!heartbeat.missing().isEmpty()) {
                        create(heartbeat, exchange);
                    }
                    return Reply.of(new StreamsGroupHeartbeatResponse(heartbeat.answer()));
                });
    }

    private void create(StreamsHeartbeat heartbeat, RequestExchange exchange) {
        String forbidden = forbidden(heartbeat.missing(), exchange);
        if (!forbidden.isEmpty()) {
            tell(heartbeat.answer(), "Unauthorized to CREATE on topics " + forbidden + ".");
            return;
        }
        String refused = heartbeat.missing().stream()
                .flatMap(topic ->
                        autoCreation.refusal(topic.name()).stream().map(reason -> topic.name() + " (" + reason + ")"))
                .sorted()
                .collect(Collectors.joining(", "));
        if (!refused.isEmpty()) {
            tell(heartbeat.answer(), "Creation failed: " + refused + ".");
        }
        heartbeat
                .missing()
                .forEach(topic ->
                        autoCreation.begin(newTopic(topic), exchange.principal().toString()));
    }

    private String forbidden(List<CreatableTopic> missing, RequestExchange exchange) {
        AccessControl access = groups.cluster().access();
        return access.allowsOnCluster(exchange.context(), AclOperation.CREATE)
                ? ""
                : missing.stream()
                        .map(CreatableTopic::name)
                        .filter(topic -> !access.allowsOnTopic(exchange.context(), AclOperation.CREATE, topic))
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    private static void tell(StreamsGroupHeartbeatResponseData answer, String what) {
        List<StreamsGroupHeartbeatResponseData.Status> all =
                answer.status() == null ? new ArrayList<>() : new ArrayList<>(answer.status());
        Optional<StreamsGroupHeartbeatResponseData.Status> present = all.stream()
                .filter(status -> status.statusCode() == Status.MISSING_INTERNAL_TOPICS.code())
                .findFirst();
        present.ifPresentOrElse(
                status -> status.setStatusDetail(status.statusDetail() + "; " + what),
                () -> all.add(new StreamsGroupHeartbeatResponseData.Status()
                        .setStatusCode(Status.MISSING_INTERNAL_TOPICS.code())
                        .setStatusDetail(what)));
        answer.setStatus(all);
    }

    private static NewTopic newTopic(CreatableTopic topic) {
        NewTopic.Builder asked = NewTopic.newBuilder()
                .setName(topic.name())
                .setPartitions(topic.numPartitions())
                .setReplicationFactor(topic.replicationFactor());
        topic.configs().forEach(config -> asked.putConfigs(config.name(), config.value()));
        return asked.build();
    }
}
