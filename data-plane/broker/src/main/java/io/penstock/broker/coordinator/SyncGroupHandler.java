// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.SyncGroupRequest;
import org.apache.kafka.common.requests.SyncGroupResponse;

/// SyncGroup, all versions; from version 5 on the protocol type and name are mandatory (KIP-559).
final class SyncGroupHandler implements RequestHandler {
    private final GroupHome groups;

    SyncGroupHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.SYNC_GROUP;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        SyncGroupRequest request = exchange.body(SyncGroupRequest.class);
        if (!request.areMandatoryProtocolTypeAndNamePresent()) {
            return CompletableFuture.completedFuture(error(Errors.INCONSISTENT_GROUP_PROTOCOL));
        }
        return groups.coordination()
                .map(coordination -> coordination
                        .syncGroup(exchange.context(), request.data())
                        .thenApply(answer -> Reply.of(new SyncGroupResponse(answer))))
                .orElseGet(() -> CompletableFuture.completedFuture(error(Errors.NOT_COORDINATOR)));
    }

    private static Reply error(Errors error) {
        return Reply.of(new SyncGroupResponse(new SyncGroupResponseData().setErrorCode(error.code())));
    }
}
