// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.AddOffsetsToTxnRequestData;
import org.apache.kafka.common.message.AddOffsetsToTxnResponseData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddOffsetsToTxnRequest;
import org.apache.kafka.common.requests.AddOffsetsToTxnResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;

/// AddOffsetsToTxn, all versions: the group's offsets partition becomes part of the transaction. Only clients that do
/// not leave it to TxnOffsetCommit ask for it (transaction versions 0 and 1).
final class AddOffsetsToTxnHandler implements RequestHandler {
    private final TransactionHome transactions;
    private final GroupHome groups;

    AddOffsetsToTxnHandler(TransactionHome transactions, GroupHome groups) {
        this.transactions = transactions;
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ADD_OFFSETS_TO_TXN;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        AddOffsetsToTxnRequestData request =
                exchange.body(AddOffsetsToTxnRequest.class).data();
        if (request.transactionalId().isEmpty()) {
            return CompletableFuture.completedFuture(reply(Errors.INVALID_REQUEST));
        }
        OptionalInt partition =
                groups.partitionFor(request.groupId(), exchange.principal().toString());
        if (partition.isEmpty()) {
            return CompletableFuture.completedFuture(reply(Errors.COORDINATOR_LOAD_IN_PROGRESS));
        }
        return transactions
                .perform(
                        request.transactionalId(),
                        new Ask.Add(
                                new ProducerIdAndEpoch(request.producerId(), request.producerEpoch()),
                                Set.of(new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition.getAsInt())),
                                TransactionVersion.TV_0,
                                transactions.runtime().wallMillis()))
                .thenApply(answer -> reply(Fenced.told(answer.error(), exchange.version())));
    }

    private static Reply reply(Errors error) {
        return Reply.of(new AddOffsetsToTxnResponse(new AddOffsetsToTxnResponseData().setErrorCode(error.code())));
    }
}
