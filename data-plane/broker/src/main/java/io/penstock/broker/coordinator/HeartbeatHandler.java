// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.HeartbeatRequest;
import org.apache.kafka.common.requests.HeartbeatResponse;

/// Heartbeat, all versions: a member of a classic group says that it is still there.
final class HeartbeatHandler implements RequestHandler {
    private final GroupHome groups;

    HeartbeatHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.HEARTBEAT;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        HeartbeatRequestData request = exchange.body(HeartbeatRequest.class).data();
        return groups.coordination()
                .map(coordination -> coordination.heartbeat(exchange.context(), request))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        new HeartbeatResponseData().setErrorCode(Errors.NOT_COORDINATOR.code())))
                .thenApply(answer -> Reply.of(new HeartbeatResponse(answer)));
    }
}
