// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.TransactionGate;
import io.penstock.metadata.Leader;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopic;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTopicCollection;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransaction;
import org.apache.kafka.common.message.AddPartitionsToTxnRequestData.AddPartitionsToTxnTransactionCollection;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.requests.AbstractResponse;
import org.apache.kafka.common.requests.AddPartitionsToTxnRequest;
import org.apache.kafka.common.requests.AddPartitionsToTxnResponse;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;

/// Asks the coordinator's broker, by AddPartitionsToTxn of the versions between brokers (KIP-890).
public final class TransactionEnlistment implements TransactionGate {
    private final ClusterContext cluster;
    private final PeerBrokers peers;

    public TransactionEnlistment(ClusterContext cluster, PeerBrokers peers) {
        this.cluster = cluster;
        this.peers = peers;
    }

    @Override
    public CompletableFuture<Map<TopicPartition, Errors>> enlist(
            String transactionalId,
            ProducerIdAndEpoch producer,
            Set<TopicPartition> partitions,
            Generation generation) {
        OptionalInt home = TransactionHome.partitionFor(cluster, transactionalId);
        Optional<Leader> coordinator =
                home.isEmpty() ? Optional.empty() : TransactionHome.leaderOf(cluster, home.getAsInt());
        if (coordinator.isEmpty()) {
            return CompletableFuture.completedFuture(all(partitions, Errors.COORDINATOR_NOT_AVAILABLE));
        }
        AddPartitionsToTxnTransactionCollection transactions = new AddPartitionsToTxnTransactionCollection();
        transactions.add(new AddPartitionsToTxnTransaction()
                .setTransactionalId(transactionalId)
                .setProducerId(producer.producerId)
                .setProducerEpoch(producer.epoch)
                .setVerifyOnly(generation != Generation.IMPLICIT)
                .setTopics(byTopic(partitions)));
        return peers.ask(coordinator.get(), AddPartitionsToTxnRequest.Builder.forBroker(transactions))
                .handle((response, failure) -> failure == null
                        ? answers(response, transactionalId, partitions, generation)
                        : all(partitions, Errors.NETWORK_EXCEPTION));
    }

    private static AddPartitionsToTxnTopicCollection byTopic(Set<TopicPartition> partitions) {
        AddPartitionsToTxnTopicCollection topics = new AddPartitionsToTxnTopicCollection();
        for (TopicPartition partition : partitions) {
            AddPartitionsToTxnTopic topic = topics.find(partition.topic());
            if (topic == null) {
                topic = new AddPartitionsToTxnTopic().setName(partition.topic());
                topics.add(topic);
            }
            topic.partitions().add(partition.partition());
        }
        return topics;
    }

    private static Map<TopicPartition, Errors> answers(
            AbstractResponse response, String transactionalId, Set<TopicPartition> partitions, Generation generation) {
        AddPartitionsToTxnResponse answer = (AddPartitionsToTxnResponse) response;
        Errors whole = Errors.forCode(answer.data().errorCode());
        if (whole != Errors.NONE) {
            // That brokers may not ask each other is not a producer's business.
            return all(partitions, whole == Errors.CLUSTER_AUTHORIZATION_FAILED ? Errors.INVALID_TXN_STATE : whole);
        }
        Map<TopicPartition, Errors> told = answer.errors().getOrDefault(transactionalId, Map.of());
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(
                partition, forProducers(told.getOrDefault(partition, Errors.UNKNOWN_SERVER_ERROR), generation)));
        return errors;
    }

    private static Errors forProducers(Errors error, Generation generation) {
        return switch (error) {
            case PRODUCER_FENCED -> Errors.INVALID_PRODUCER_EPOCH;
            case TRANSACTION_ABORTABLE -> generation == Generation.EARLY ? Errors.INVALID_TXN_STATE : error;
            default -> error;
        };
    }

    private static Map<TopicPartition, Errors> all(Set<TopicPartition> partitions, Errors error) {
        Map<TopicPartition, Errors> errors = new HashMap<>();
        partitions.forEach(partition -> errors.put(partition, error));
        return errors;
    }
}
