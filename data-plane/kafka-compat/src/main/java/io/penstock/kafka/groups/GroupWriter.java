// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import io.penstock.kafka.producers.TransactionTerms;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.internal.MemoryRecords;
import org.apache.kafka.coordinator.common.runtime.PartitionWriter;
import org.apache.kafka.storage.internals.log.LogConfig;
import org.apache.kafka.storage.internals.log.VerificationGuard;

/// The coordinator's way to the log: sequencing now, durability by the high watermark.
final class GroupWriter implements PartitionWriter {
    /// What Kafka sets for the offsets topic; only the largest batch matters to the coordinator.
    private static final LogConfig CONFIG = new LogConfig(Map.of("cleanup.policy", "compact"));

    private final GroupLog groupLog;
    private final Map<TopicPartition, List<Listener>> listeners = new ConcurrentHashMap<>();

    GroupWriter(GroupLog groupLog) {
        this.groupLog = groupLog;
    }

    void highWatermarkAdvanced(TopicPartition partition, long highWatermark) {
        listeners
                .getOrDefault(partition, List.of())
                .forEach(listener -> listener.onHighWatermarkUpdated(partition, highWatermark));
    }

    @Override
    public void registerListener(TopicPartition partition, Listener listener) {
        listeners
                .computeIfAbsent(partition, any -> new CopyOnWriteArrayList<>())
                .add(listener);
    }

    @Override
    public void deregisterListener(TopicPartition partition, Listener listener) {
        listeners.getOrDefault(partition, List.of()).remove(listener);
    }

    @Override
    public LogConfig config(TopicPartition partition) {
        return CONFIG;
    }

    @Override
    public long append(
            TopicPartition partition, VerificationGuard guard, MemoryRecords records, short transactionVersion) {
        return groupLog.append(
                partition.partition(), records.buffer(), new TransactionTerms(guard, transactionVersion));
    }

    @Override
    public CompletableFuture<VerificationGuard> maybeStartTransactionVerification(
            TopicPartition partition, String transactionalId, long producerId, short producerEpoch, int apiVersion) {
        return groupLog.verify(partition.partition(), transactionalId, producerId, producerEpoch, apiVersion)
                .thenApply(TransactionTerms::guard);
    }

    /// The coordinator asks to trim what it does not need; our log keeps it until cleaning takes it.
    @Override
    public CompletableFuture<Void> deleteRecords(TopicPartition partition, long beforeOffset) {
        return CompletableFuture.completedFuture(null);
    }
}
