// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PartitionLocation;
import io.penstock.broker.request.Reply;
import io.penstock.broker.request.RequestExchange;
import io.penstock.broker.request.RequestHandler;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.records.TransactionMarker;
import io.penstock.log.AppendOrigin;
import io.penstock.log.AppendRefusal;
import io.penstock.log.Sequencing;
import io.penstock.metadata.ClusterImage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest;
import org.apache.kafka.common.requests.WriteTxnMarkersRequest.TxnMarkerEntry;
import org.apache.kafka.common.requests.WriteTxnMarkersResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// WriteTxnMarkers, all versions: a transaction's coordinator ends it in the partitions that are led here. Answered
/// when
/// the markers are durable. Those of offsets partitions go by way of the group coordinator, whose offsets they decide.
final class WriteTxnMarkersHandler implements RequestHandler {
    private final TransactionHome transactions;
    private final GroupHome groups;

    WriteTxnMarkersHandler(TransactionHome transactions, GroupHome groups) {
        this.transactions = transactions;
        this.groups = groups;
    }

    @Override
    public ApiKeys api() {
        return ApiKeys.WRITE_TXN_MARKERS;
    }

    @Override
    public CompletableFuture<Reply> handle(RequestExchange exchange) {
        Map<Long, Map<TopicPartition, Errors>> answers = new HashMap<>();
        List<CompletableFuture<?>> written = new ArrayList<>();
        for (TxnMarkerEntry marker : exchange.body(WriteTxnMarkersRequest.class).markers()) {
            Map<TopicPartition, Errors> ofProducer =
                    answers.computeIfAbsent(marker.producerId(), any -> new HashMap<>());
            for (TopicPartition partition : marker.partitions()) {
                written.add(write(marker, partition).thenAccept(error -> {
                    synchronized (answers) {
                        ofProducer.put(partition, error);
                    }
                }));
            }
        }
        return CompletableFuture.allOf(written.toArray(CompletableFuture<?>[]::new))
                .thenApply(all -> Reply.of(new WriteTxnMarkersResponse(answers)));
    }

    private CompletableFuture<Errors> write(TxnMarkerEntry entry, TopicPartition partition) {
        ClusterContext cluster = transactions.cluster();
        ClusterImage image = cluster.image();
        Optional<Uuid> topicId = image.topicId(partition.topic());
        if (topicId.isEmpty()) {
            return CompletableFuture.completedFuture(Errors.UNKNOWN_TOPIC_OR_PARTITION);
        }
        TransactionMarker marker =
                new TransactionMarker(entry.transactionResult() == TransactionResult.COMMIT, entry.coordinatorEpoch());
        return switch (PartitionLocation.of(cluster, image, topicId.get(), partition.partition())) {
            case PartitionLocation.Unknown unknown ->
                CompletableFuture.completedFuture(Errors.UNKNOWN_TOPIC_OR_PARTITION);
            case PartitionLocation.Elsewhere elsewhere ->
                CompletableFuture.completedFuture(Errors.NOT_LEADER_OR_FOLLOWER);
            case PartitionLocation.Here here ->
                partition.topic().equals(Topic.GROUP_METADATA_TOPIC_NAME)
                        ? ofOffsets(entry, marker, partition.partition())
                        : append(here, entry, marker);
        };
    }

    private CompletableFuture<Errors> append(
            PartitionLocation.Here here, TxnMarkerEntry entry, TransactionMarker marker) {
        return here.log()
                .append(
                        here.ref(),
                        marker.batch(transactions.runtime().wallMillis(), entry.producerId(), entry.producerEpoch()),
                        AppendOrigin.COORDINATOR,
                        TransactionTerms.marker(entry.transactionVersion()))
                .thenCompose(sequencing -> switch (sequencing) {
                    case Sequencing.Sequenced place ->
                        place.durability().thenApply(durability -> switch (durability) {
                            case DURABLE -> Errors.NONE;
                            case FENCED -> Errors.NOT_LEADER_OR_FOLLOWER;
                            case UNDECIDED -> Errors.NOT_ENOUGH_REPLICAS_AFTER_APPEND;
                        });
                    case Sequencing.Refused refused -> CompletableFuture.completedFuture(errorOf(refused.reason()));
                });
    }

    private static Errors errorOf(AppendRefusal reason) {
        return switch (reason) {
            case NOT_LEADER -> Errors.NOT_LEADER_OR_FOLLOWER;
            case DROPPED -> Errors.UNKNOWN_TOPIC_OR_PARTITION;
            case OVERLOADED -> Errors.NOT_ENOUGH_REPLICAS;
            case INVALID_PRODUCER_EPOCH -> Errors.INVALID_PRODUCER_EPOCH;
            case COORDINATOR_FENCED -> Errors.TRANSACTION_COORDINATOR_FENCED;
            case OUT_OF_ORDER_SEQUENCE, UNKNOWN_PRODUCER, DUPLICATE_TOO_OLD, INVALID_TRANSACTION, INVALID_BATCH ->
                Errors.UNKNOWN_SERVER_ERROR;
        };
    }

    private CompletableFuture<Errors> ofOffsets(TxnMarkerEntry entry, TransactionMarker marker, int partition) {
        Optional<GroupCoordination> coordination = groups.coordination();
        return coordination.isEmpty()
                ? CompletableFuture.completedFuture(Errors.NOT_LEADER_OR_FOLLOWER)
                : coordination
                        .get()
                        .completeTransaction(
                                partition,
                                marker,
                                new ProducerIdAndEpoch(entry.producerId(), entry.producerEpoch()),
                                entry.transactionVersion())
                        .handle((done, failure) -> failure == null ? Errors.NONE : told(Errors.forException(failure)));
    }

    /// A transaction's coordinator knows leaders only.
    private static Errors told(Errors error) {
        return switch (error) {
            case COORDINATOR_NOT_AVAILABLE, COORDINATOR_LOAD_IN_PROGRESS, NOT_COORDINATOR ->
                Errors.NOT_LEADER_OR_FOLLOWER;
            default -> error;
        };
    }
}
