// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.transactions.TransactionalId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.DescribeTransactionsResponseData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TopicData;
import org.apache.kafka.common.message.DescribeTransactionsResponseData.TransactionState;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.DescribeTransactionsRequest;
import org.apache.kafka.common.requests.DescribeTransactionsResponse;

/// DescribeTransactions, all versions (KIP-664).
final class DescribeTransactionsHandler implements RequestHandler {
    private final TransactionHome transactions;

    DescribeTransactionsHandler(TransactionHome transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.DESCRIBE_TRANSACTIONS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        List<CompletableFuture<TransactionState>> states = new ArrayList<>();
        for (String id : exchange.body(DescribeTransactionsRequest.class).data().transactionalIds()) {
            states.add(
                    id.isEmpty()
                            ? CompletableFuture.completedFuture(failed(id, Errors.INVALID_REQUEST))
                            : transactions.read(
                                    id,
                                    DescribeTransactionsHandler::described,
                                    error -> failed(id, error),
                                    Errors.TRANSACTIONAL_ID_NOT_FOUND));
        }
        return CompletableFuture.allOf(states.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    DescribeTransactionsResponseData answer = new DescribeTransactionsResponseData();
                    states.forEach(state -> answer.transactionStates().add(state.join()));
                    return Reply.of(new DescribeTransactionsResponse(answer));
                });
    }

    private static TransactionState failed(String id, Errors error) {
        return new TransactionState().setTransactionalId(id).setErrorCode(error.code());
    }

    private static TransactionState described(TransactionalId id) {
        TransactionState state = new TransactionState()
                .setTransactionalId(id.id())
                .setProducerId(id.producer().producerId)
                .setProducerEpoch(id.producer().epoch)
                .setTransactionState(id.stateName())
                .setTransactionTimeoutMs(id.timeoutMillis())
                .setTransactionStartTimeMs(id.startedAtMillis());
        for (TopicPartition partition : id.partitions()) {
            TopicData topic = state.topics().find(partition.topic());
            if (topic == null) {
                topic = new TopicData().setTopic(partition.topic());
                state.topics().add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return state;
    }
}
