// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.FindCoordinatorRequest;
import org.apache.kafka.common.requests.FindCoordinatorRequest.CoordinatorType;
import org.apache.kafka.common.requests.FindCoordinatorResponse;

/// FindCoordinator, all versions, one key or many (KIP-699). The first group of a cluster brings the offsets topic into
/// being, the first transactional id that of transactions; until it is there the
/// answer is COORDINATOR_NOT_AVAILABLE, which clients ask again. Groups and transactional ids have coordinators: other
/// kinds of keys get UNSUPPORTED_VERSION
/// with a sentence, which ends a client with an error instead of a wait.
public final class FindCoordinatorHandler implements RequestHandler {
    private static final short SHARE_SINCE = 6; // KIP-932

    private final CoordinatorHome groups;
    private final CoordinatorHome transactions;

    public FindCoordinatorHandler(CoordinatorHome groups, CoordinatorHome transactions) {
        this.groups = groups;
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.FIND_COORDINATOR;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        FindCoordinatorRequestData request =
                exchange.body(FindCoordinatorRequest.class).data();
        FindCoordinatorResponseData answer = new FindCoordinatorResponseData();
        if (exchange.version() < FindCoordinatorRequest.MIN_BATCHED_VERSION) {
            Coordinator found = find(request.key(), request.keyType(), exchange);
            answer.setErrorCode(found.errorCode())
                    .setErrorMessage(found.errorMessage())
                    .setNodeId(found.nodeId())
                    .setHost(found.host())
                    .setPort(found.port());
        } else {
            for (String key : request.coordinatorKeys()) {
                answer.coordinators().add(find(key, request.keyType(), exchange));
            }
        }
        return CompletableFuture.completedFuture(Reply.of(new FindCoordinatorResponse(answer)));
    }

    private Coordinator find(String key, byte keyType, RequestExchange exchange) {
        CoordinatorHome home;
        if (keyType == CoordinatorType.GROUP.id()) {
            home = groups;
        } else if (keyType == CoordinatorType.TRANSACTION.id()) {
            home = transactions;
        } else {
            boolean share = keyType == CoordinatorType.SHARE.id() && exchange.version() >= SHARE_SINCE;
            return failed(key, share ? Errors.UNSUPPORTED_VERSION : Errors.INVALID_REQUEST)
                    .setErrorMessage(
                            "Only coordinators of groups and transactions are served, not key type " + keyType + ".");
        }
        OptionalInt partition = home.partitionFor(key, exchange.principal().toString());
        if (partition.isEmpty()) {
            return failed(key, Errors.COORDINATOR_NOT_AVAILABLE);
        }
        return home.leaderOf(partition.getAsInt())
                .map(leader -> new Coordinator()
                        .setKey(key)
                        .setNodeId(leader.nodeId())
                        .setHost(leader.host())
                        .setPort(leader.port())
                        .setErrorCode(Errors.NONE.code())
                        .setErrorMessage(Errors.NONE.message()))
                .orElseGet(() -> failed(key, Errors.COORDINATOR_NOT_AVAILABLE));
    }

    private static Coordinator failed(String key, Errors error) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(error.message());
    }
}
