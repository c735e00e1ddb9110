// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;

/// InitProducerId, all versions, for idempotent producers: every call gets a producer id that nobody had, epoch
/// 0, from the cluster's prefix; the control plane is not needed. A transactional id gets UNSUPPORTED_VERSION,
/// which ends the producer with an error instead of a wait.
public final class InitProducerIdHandler implements RequestHandler {
    private final ClusterContext cluster;

    public InitProducerIdHandler(ClusterContext cluster) {
        this.cluster = cluster;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        String transactionalId =
                exchange.body(InitProducerIdRequest.class).data().transactionalId();
        if (transactionalId != null) {
            return CompletableFuture.completedFuture(
                    error(transactionalId.isEmpty() ? Errors.INVALID_REQUEST : Errors.UNSUPPORTED_VERSION));
        }
        return cluster.producerIds()
                .next()
                .thenApply(id -> Reply.of(new InitProducerIdResponse(
                        new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0))))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause instanceof ProducerIds.StoreAway) {
                        return error(Errors.COORDINATOR_LOAD_IN_PROGRESS);
                    }
                    throw new CompletionException(cause);
                });
    }

    private static Reply error(Errors error) {
        return Reply.of(new InitProducerIdResponse(new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(-1)
                .setProducerEpoch((short) -1)));
    }
}
