// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.InitProducerIdRequest;
import org.apache.kafka.common.requests.InitProducerIdResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// InitProducerId, all versions. An idempotent producer gets a producer id that nobody had, epoch 0, from the cluster's
/// prefix; the control plane is not needed. A transactional one gets its id's next epoch, and whoever used the id
/// before
/// is shut out; a transaction that is open is aborted first. Two-phase commit (KIP-939) is refused as Kafka refuses it
/// where it is off. Before version 4 PRODUCER_FENCED is told as INVALID_PRODUCER_EPOCH.
final class InitProducerIdHandler implements RequestHandler {
    private final TransactionHome transactions;

    InitProducerIdHandler(TransactionHome transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.INIT_PRODUCER_ID;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        InitProducerIdRequestData request =
                exchange.body(InitProducerIdRequest.class).data();
        ProducerIdAndEpoch expected = new ProducerIdAndEpoch(request.producerId(), request.producerEpoch());
        boolean none = expected.equals(ProducerIdAndEpoch.NONE);
        if (!none && (expected.producerId < 0 || expected.epoch < 0)) {
            return refused(Errors.INVALID_REQUEST);
        }
        String transactionalId = request.transactionalId();
        if (transactionalId == null) {
            return idempotent();
        }
        if (transactionalId.isEmpty()) {
            return refused(Errors.INVALID_REQUEST);
        }
        if (request.enable2Pc()) {
            return refused(Errors.TRANSACTIONAL_ID_AUTHORIZATION_FAILED);
        }
        if (request.keepPreparedTxn()) {
            return refused(Errors.UNSUPPORTED_VERSION);
        }
        return transactions
                .initialize(
                        transactionalId,
                        request.transactionTimeoutMs(),
                        none ? Optional.empty() : Optional.of(expected))
                .thenApply(answer -> reply(
                        answer.error() == Errors.PRODUCER_FENCED && exchange.version() < 4
                                ? TransactionAnswer.failed(Errors.INVALID_PRODUCER_EPOCH)
                                : answer));
    }

    private CompletableFuture<Reply> idempotent() {
        return transactions
                .cluster()
                .producerIds()
                .next()
                .thenApply(id -> reply(TransactionAnswer.done(new ProducerIdAndEpoch(id, (short) 0))))
                .exceptionally(failure -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause instanceof ProducerIds.StoreAway) {
                        return reply(TransactionAnswer.failed(Errors.COORDINATOR_LOAD_IN_PROGRESS));
                    }
                    throw new CompletionException(cause);
                });
    }

    private static CompletableFuture<Reply> refused(Errors error) {
        return CompletableFuture.completedFuture(reply(TransactionAnswer.failed(error)));
    }

    private static Reply reply(TransactionAnswer answer) {
        return Reply.of(new InitProducerIdResponse(new InitProducerIdResponseData()
                .setErrorCode(answer.error().code())
                .setProducerId(answer.producer().producerId)
                .setProducerEpoch(answer.producer().epoch)));
    }
}
