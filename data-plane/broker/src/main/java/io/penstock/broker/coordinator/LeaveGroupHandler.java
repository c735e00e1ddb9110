// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.LeaveGroupRequest;
import org.apache.kafka.common.requests.LeaveGroupResponse;

/// LeaveGroup, all versions: old ones name one member, new ones many (KIP-345).
final class LeaveGroupHandler implements RequestHandler {
    private final GroupHome groups;

    LeaveGroupHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LEAVE_GROUP;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        LeaveGroupRequest request = exchange.body(LeaveGroupRequest.class);
        return groups.coordination()
                .map(coordination -> coordination.leaveGroup(exchange.context(), request.normalizedData()))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        new LeaveGroupResponseData().setErrorCode(Errors.NOT_COORDINATOR.code())))
                .thenApply(answer -> Reply.of(new LeaveGroupResponse(answer, exchange.version())));
    }
}
