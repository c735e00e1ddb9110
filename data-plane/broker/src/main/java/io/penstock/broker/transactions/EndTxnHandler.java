// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.message.EndTxnRequestData;
import org.apache.kafka.common.message.EndTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.EndTxnRequest;
import org.apache.kafka.common.requests.EndTxnResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;

/// EndTxn, all versions: answered when the decision is durable; markers follow. From version 5 on the answer tells the
/// producer its next epoch, or its next producer id (KIP-890). Before version 2 PRODUCER_FENCED is told as
/// INVALID_PRODUCER_EPOCH.
final class EndTxnHandler implements RequestHandler {
    private final TransactionHome transactions;

    EndTxnHandler(TransactionHome transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.END_TXN;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        EndTxnRequest body = exchange.body(EndTxnRequest.class);
        EndTxnRequestData request = body.data();
        if (request.transactionalId().isEmpty()) {
            return CompletableFuture.completedFuture(
                    reply(TransactionAnswer.failed(Errors.INVALID_REQUEST), exchange.version()));
        }
        return transactions
                .perform(
                        request.transactionalId(),
                        new Ask.End(
                                new ProducerIdAndEpoch(request.producerId(), request.producerEpoch()),
                                request.committed(),
                                TransactionVersion.transactionVersionForEndTxn(body),
                                transactions.runtime().wallMillis()))
                .thenApply(answer -> reply(answer, exchange.version()));
    }

    private static Reply reply(TransactionAnswer answer, short version) {
        return Reply.of(new EndTxnResponse(new EndTxnResponseData()
                .setErrorCode(Fenced.told(answer.error(), version).code())
                .setProducerId(answer.producer().producerId)
                .setProducerEpoch(answer.producer().epoch)));
    }
}
