// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.ConsumerGroupDescribeRequestData;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.ConsumerGroupDescribeRequest;
import org.apache.kafka.common.requests.ConsumerGroupDescribeResponse;
import org.apache.kafka.common.resource.ResourceType;

/// ConsumerGroupDescribe, all versions (KIP-848).
final class ConsumerGroupDescribeHandler implements RequestHandler {
    private final GroupHome groups;

    ConsumerGroupDescribeHandler(GroupHome groups) {
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.CONSUMER_GROUP_DESCRIBE;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        ConsumerGroupDescribeRequestData request =
                exchange.body(ConsumerGroupDescribeRequest.class).data();
        return groups.coordination()
                .map(coordination -> coordination.consumerGroupDescribe(exchange.context(), request.groupIds()))
                .orElseGet(
                        () -> CompletableFuture.completedFuture(ConsumerGroupDescribeRequest.getErrorDescribedGroupList(
                                request.groupIds(), Errors.NOT_COORDINATOR)))
                .thenApply(described -> {
                    if (request.includeAuthorizedOperations()) {
                        described.stream()
                                .filter(group -> group.errorCode() == Errors.NONE.code())
                                .forEach(group -> group.setAuthorizedOperations(groups.cluster()
                                        .access()
                                        .operations(exchange.context(), ResourceType.GROUP, group.groupId())));
                    }
                    return Reply.of(new ConsumerGroupDescribeResponse(
                            new ConsumerGroupDescribeResponseData().setGroups(described)));
                });
    }
}
