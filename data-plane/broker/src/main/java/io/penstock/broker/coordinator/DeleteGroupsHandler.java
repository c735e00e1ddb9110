// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DeleteGroupsRequest;
import org.apache.kafka.common.requests.DeleteGroupsResponse;

/// DeleteGroups, all versions: only groups without members.
final class DeleteGroupsHandler implements RequestHandler {
    private final GroupHome groups;

    DeleteGroupsHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DELETE_GROUPS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        // Duplicates would be an error of the request's own making.
        List<String> names = exchange.body(DeleteGroupsRequest.class).data().groupsNames().stream()
                .distinct()
                .toList();
        return groups.coordination()
                .map(coordination -> coordination.deleteGroups(exchange.context(), names))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        DeleteGroupsRequest.getErrorResultCollection(names, Errors.NOT_COORDINATOR)))
                .thenApply(results ->
                        Reply.of(new DeleteGroupsResponse(new DeleteGroupsResponseData().setResults(results))));
    }
}
