// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.requests.ListGroupsRequest;
import org.apache.kafka.common.requests.ListGroupsResponse;

/// ListGroups, all versions, filtered by state (KIP-518) and type (KIP-848). Every broker lists the groups it
/// coordinates.
final class ListGroupsHandler implements RequestHandler {
    private final GroupHome groups;

    ListGroupsHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.LIST_GROUPS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        return groups.coordination()
                .map(coordination -> coordination.listGroups(
                        exchange.context(),
                        exchange.body(ListGroupsRequest.class).data()))
                // No offsets topic: no groups.
                .orElseGet(() -> CompletableFuture.completedFuture(new ListGroupsResponseData()))
                .thenApply(answer -> Reply.of(new ListGroupsResponse(answer)));
    }
}
