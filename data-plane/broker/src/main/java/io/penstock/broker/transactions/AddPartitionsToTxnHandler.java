// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResult;
import org.apache.kafka.common.message.AddPartitionsToTxnResponseData.AddPartitionsToTxnResultCollection;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.server.common.TransactionVersion;

/// AddPartitionsToTxn, all versions. Up to version 3 a client adds partitions to its one transaction; from version 4 on
/// brokers ask for many transactions at once, to add partitions or only to know whether they were added (KIP-890). One
/// partition that does not exist fails its whole transaction.
final class AddPartitionsToTxnHandler implements RequestHandler {
    private static final short BETWEEN_BROKERS = 4;

    private final TransactionHome transactions;

    AddPartitionsToTxnHandler(TransactionHome transactions) {
        this.transactions = transactions;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.ADD_PARTITIONS_TO_TXN;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        short version = exchange.version();
        AddPartitionsToTxnRequest sent = exchange.body(AddPartitionsToTxnRequest.class);
        AddPartitionsToTxnRequest request = version < BETWEEN_BROKERS ? sent.normalizeRequest() : sent;
        List<CompletableFuture<AddPartitionsToTxnResult>> results = new ArrayList<>();
        Map<String, List<TopicPartition>> partitions = request.partitionsByTransaction();
        for (AddPartitionsToTxnTransaction transaction : request.data().transactions()) {
            results.add(add(request, transaction, new HashSet<>(partitions.get(transaction.transactionalId()))));
        }
        return CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> {
                    AddPartitionsToTxnResponseData answer = new AddPartitionsToTxnResponseData();
                    if (version < BETWEEN_BROKERS) {
                        results.forEach(result ->
                                answer.setResultsByTopicV3AndBelow(result.join().topicResults()));
                    } else {
                        AddPartitionsToTxnResultCollection collected = new AddPartitionsToTxnResultCollection();
                        results.forEach(result -> collected.add(result.join()));
                        answer.setResultsByTransaction(collected);
                    }
                    return Reply.of(new AddPartitionsToTxnResponse(answer));
                });
    }

    private CompletableFuture<AddPartitionsToTxnResult> add(
            AddPartitionsToTxnRequest request,
            AddPartitionsToTxnTransaction transaction,
            Set<TopicPartition> partitions) {
        String transactionalId = transaction.transactionalId();
        Map<TopicPartition, Errors> absent = absent(partitions);
        if (!absent.isEmpty()) {
            return CompletableFuture.completedFuture(
                    AddPartitionsToTxnResponse.resultForTransaction(transactionalId, absent));
        }
        if (transactionalId.isEmpty()) {
            return CompletableFuture.completedFuture(
                    request.errorResponseForTransaction(transactionalId, Errors.INVALID_REQUEST));
        }
        ProducerIdAndEpoch producer = new ProducerIdAndEpoch(transaction.producerId(), transaction.producerEpoch());
        if (transaction.verifyOnly()) {
            return transactions
                    .read(
                            transactionalId,
                            id -> id.verify(producer, partitions),
                            error -> all(partitions, error),
                            Errors.INVALID_PRODUCER_ID_MAPPING)
                    .thenApply(errors -> AddPartitionsToTxnResponse.resultForTransaction(transactionalId, errors));
        }
        return transactions
                .perform(
                        transactionalId,
                        new Ask.Add(
                                producer,
                                partitions,
                                TransactionVersion.transactionVersionForAddPartitionsToTxn(request),
                                transactions.runtime().wallMillis()))
                .thenApply(answer -> request.errorResponseForTransaction(
                        transactionalId, Fenced.told(answer.error(), request.version())));
    }

    /// Empty if all are there.
    private Map<TopicPartition, Errors> absent(Set<TopicPartition> partitions) {
        ClusterImage image = transactions.cluster().image();
        Map<TopicPartition, Errors> errors = new HashMap<>();
        boolean some = false;
        for (TopicPartition partition : partitions) {
            boolean there = image.topicId(partition.topic())
                    .flatMap(id -> image.shardOf(id, partition.partition()))
                    .isPresent();
            some |= !there;
            errors.put(partition, there ? Errors.OPERATION_NOT_ATTEMPTED : Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        return some ? errors : Map.of();
    }

    private static Map<TopicPartition, Errors> all(Set<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return errors;
    }
}
