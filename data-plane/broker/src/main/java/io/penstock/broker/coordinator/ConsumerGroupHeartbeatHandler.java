// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatRequest;
import org.apache.kafka.common.requests.ConsumerGroupHeartbeatResponse;

/// ConsumerGroupHeartbeat, all versions (KIP-848): the whole of the consumer protocol in one call.
final class ConsumerGroupHeartbeatHandler implements RequestHandler {
    private final GroupHome groups;

    ConsumerGroupHeartbeatHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CONSUMER_GROUP_HEARTBEAT;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ConsumerGroupHeartbeatRequestData request =
                exchange.body(ConsumerGroupHeartbeatRequest.class).data();
        return groups.coordination()
                .map(coordination -> coordination.consumerGroupHeartbeat(exchange.context(), request))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        new ConsumerGroupHeartbeatResponseData().setErrorCode(Errors.NOT_COORDINATOR.code())))
                .thenApply(answer -> Reply.of(new ConsumerGroupHeartbeatResponse(answer)));
    }
}
