// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.Features;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.StreamsGroupDescribeRequestData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.StreamsGroupDescribeRequest;
import org.apache.kafka.common.requests.StreamsGroupDescribeResponse;
import org.apache.kafka.common.resource.ResourceType;

/// StreamsGroupDescribe, all versions (KIP-1071).
final class StreamsGroupDescribeHandler implements RequestHandler {
    private final GroupHome groups;

    StreamsGroupDescribeHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.STREAMS_GROUP_DESCRIBE;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        StreamsGroupDescribeRequest body = exchange.body(StreamsGroupDescribeRequest.class);
        if (!Features.streamsGroups(groups.cluster().image())) {
            return CompletableFuture.completedFuture(
                    Reply.of(body.getErrorResponse(0, Errors.UNSUPPORTED_VERSION.exception())));
        }
        StreamsGroupDescribeRequestData request = body.data();
        return groups.coordination()
                .map(coordination -> coordination.streamsGroupDescribe(exchange.context(), request.groupIds()))
                .orElseGet(
                        () -> CompletableFuture.completedFuture(StreamsGroupDescribeRequest.getErrorDescribedGroupList(
                                request.groupIds(), Errors.NOT_COORDINATOR)))
                .thenApply(described -> {
                    if (request.includeAuthorizedOperations()) {
                        described.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(groups.cluster()
                                        .access()
                                        .operations(exchange.context(), ResourceType.GROUP, group.groupId())));
                    }
                    return Reply.of(new StreamsGroupDescribeResponse(
                            new StreamsGroupDescribeResponseData().setGroups(described)));
                });
    }
}
