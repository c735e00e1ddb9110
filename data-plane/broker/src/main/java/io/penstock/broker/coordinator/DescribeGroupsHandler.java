// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeGroupsRequest;
import org.apache.kafka.common.requests.DescribeGroupsResponse;
import org.apache.kafka.common.resource.ResourceType;

/// DescribeGroups, all versions; from version 6 on a group that is not there is an error (KIP-1043).
final class DescribeGroupsHandler implements RequestHandler {
    private final GroupHome groups;

    DescribeGroupsHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_GROUPS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        DescribeGroupsRequestData request =
                exchange.body(DescribeGroupsRequest.class).data();
        return groups.coordination()
                .map(coordination -> coordination.describeGroups(exchange.context(), request.groups()))
                .orElseGet(() -> CompletableFuture.completedFuture(
                        DescribeGroupsRequest.getErrorDescribedGroupList(request.groups(), Errors.NOT_COORDINATOR)))
                .thenApply(described -> {
                    if (request.includeAuthorizedOperations()) {
                        described.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(groups.cluster()
                                        .access()
                                        .operations(exchange.context(), ResourceType.GROUP, group.groupId())));
                    }
                    return Reply.of(new DescribeGroupsResponse(new DescribeGroupsResponseData().setGroups(described)));
                });
    }
}
