// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.JoinGroupRequest;
import org.apache.kafka.common.requests.JoinGroupResponse;

/// JoinGroup, all versions, static members (KIP-345) and required member ids (KIP-394) included. Waits, as Kafka does,
/// until the group is complete.
final class JoinGroupHandler implements RequestHandler {
    private final GroupHome groups;

    JoinGroupHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.JOIN_GROUP;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        JoinGroupRequestData request = exchange.body(JoinGroupRequest.class).data();
        return groups.coordination()
                .map(coordination -> coordination.joinGroup(exchange.context(), request))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        new JoinGroupResponseData().setErrorCode(Errors.NOT_COORDINATOR.code())))
                .thenApply(answer -> Reply.of(new JoinGroupResponse(answer, exchange.version())));
    }
}
