// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.groups;

import com.yammer.metrics.core.MetricsRegistry;
import io.penstock.kafka.records.TransactionMarker;
import io.penstock.kafka.security.ClusterAuthorizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.message.ConsumerGroupDescribeResponseData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatRequestData;
import org.apache.kafka.common.message.ConsumerGroupHeartbeatResponseData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.StreamsGroupDescribeResponseData;
import org.apache.kafka.common.message.StreamsGroupHeartbeatRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.message.TxnOffsetCommitRequestData;
import org.apache.kafka.common.message.TxnOffsetCommitResponseData;
import org.apache.kafka.common.metrics.Metrics;
import org.apache.kafka.common.requests.TransactionResult;
import org.apache.kafka.common.utils.BufferSupplier;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.coordinator.group.GroupConfigManager;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorRecordSerde;
import org.apache.kafka.coordinator.group.GroupCoordinatorService;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorMetrics;
import org.apache.kafka.coordinator.group.metrics.GroupCoordinatorRuntimeMetrics;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.server.authorizer.AuthorizableRequestContext;
import org.apache.kafka.server.share.persister.NoOpStatePersister;
import org.apache.kafka.server.util.PartitionMetadataClient;
import org.apache.kafka.server.util.timer.SystemTimer;
import org.apache.kafka.server.util.timer.SystemTimerReaper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One cluster's group coordinator on this broker.
///
/// Answers complete only when what they say is durable (the high watermark has passed it). Methods may
/// be called from any thread and do not block, except [#close].
public final class GroupCoordination implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(GroupCoordination.class);

    private final GroupCoordinatorService service;
    private final GroupWriter writer;
    private final ExecutorService metadataThread;
    private final Metrics metrics = new Metrics();
    private final MetricsRegistry yammer = new MetricsRegistry();

    /// @param authorizer decides which topics a regular expression of a member may match
    public GroupCoordination(
            int nodeId, String name, GroupSettings settings, GroupLog groupLog, ClusterAuthorizer authorizer) {
        this.writer = new GroupWriter(groupLog);
        this.metadataThread = Executors.newSingleThreadExecutor(
                Thread.ofVirtual().name("group-metadata-" + name).factory());
        Map<String, Object> properties = new HashMap<>(settings.asKafkaProperties());
        GroupCoordinatorConfig config = GroupCoordinatorConfig.fromProps(properties);
        Time time = Time.SYSTEM;
        this.service = new GroupCoordinatorService.Builder(nodeId, config)
                .withTime(time)
                .withTimer(new SystemTimerReaper("group-timer-" + name, new SystemTimer("group-timer-" + name)))
                .withWriter(writer)
                .withLoader(new GroupLoader(groupLog, new GroupCoordinatorRecordSerde(), time))
                .withCoordinatorRuntimeMetrics(new GroupCoordinatorRuntimeMetrics(metrics))
                .withGroupCoordinatorMetrics(new GroupCoordinatorMetrics(yammer, metrics))
                .withGroupConfigManager(new GroupConfigManager(Map.of(), config, ShareGroupConfig.fromProps(Map.of())))
                .withPersister(new NoOpStatePersister())
                .withAuthorizerPlugin(Optional.of(authorizer.plugin()))
                .withPartitionMetadataClient(new NoShareGroups())
                .build();
        service.startup(settings::offsetsTopicPartitions);
    }

    /// The offsets partition that is the group's home, of so many.
    public static int partitionFor(String groupId, int offsetsPartitions) {
        return Utils.abs(groupId.hashCode()) % offsetsPartitions;
    }

    /// Where Kafka's coordinator itself looks for the group.
    int homeOf(String groupId) {
        return service.partitionFor(groupId);
    }

    /// The shard of this offsets partition serves here at this leader epoch: its groups are loaded.
    public void elected(int partition, int leaderEpoch) {
        service.onElection(partition, leaderEpoch);
    }

    /// The shard does not serve here any more, whatever its epoch: its groups are forgotten.
    public void resigned(int partition) {
        // An empty epoch: with one, Kafka would ignore a resignation that is not newer than the election.
        service.onResignation(partition, OptionalInt.empty());
    }

    /// The metadata changed by this delta. The first call brings the whole image. Calls take effect in
    /// their order.
    ///
    /// Kafka's coordinator waits until the offsets of deleted topics are durably gone, which the caller
    /// must not: it may be the one who tells of durability.
    ///
    /// @return when everything that follows from it is durable
    public CompletableFuture<Void> metadataChanged(MetadataDelta delta, MetadataImage image) {
        return CompletableFuture.runAsync(() -> service.onMetadataUpdate(delta, image), metadataThread);
    }

    /// What was appended to the offsets partition below this offset is durable.
    public void highWatermarkAdvanced(int partition, long highWatermark) {
        writer.highWatermarkAdvanced(new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition), highWatermark);
    }

    /// A group's own configuration (KIP-848 and later) changed.
    public void groupConfigChanged(String groupId, Map<String, String> configs) {
        Properties properties = new Properties();
        properties.putAll(configs);
        service.updateGroupConfig(groupId, properties);
    }

    public CompletableFuture<ConsumerGroupHeartbeatResponseData> consumerGroupHeartbeat(
            AuthorizableRequestContext context, ConsumerGroupHeartbeatRequestData request) {
        return service.consumerGroupHeartbeat(context, request);
    }

    public CompletableFuture<List<ConsumerGroupDescribeResponseData.DescribedGroup>> consumerGroupDescribe(
            AuthorizableRequestContext context, List<String> groupIds) {
        return service.consumerGroupDescribe(context, groupIds);
    }

    /// A heartbeat of a Kafka Streams application (KIP-1071), and the topics that its topology lacks.
    public CompletableFuture<StreamsHeartbeat> streamsGroupHeartbeat(
            AuthorizableRequestContext context, StreamsGroupHeartbeatRequestData request) {
        return service.streamsGroupHeartbeat(context, request)
                .thenApply(result -> new StreamsHeartbeat(
                        result.data(), List.copyOf(result.creatableTopics().values())));
    }

    public CompletableFuture<List<StreamsGroupDescribeResponseData.DescribedGroup>> streamsGroupDescribe(
            AuthorizableRequestContext context, List<String> groupIds) {
        return service.streamsGroupDescribe(context, groupIds);
    }

    public CompletableFuture<JoinGroupResponseData> joinGroup(
            AuthorizableRequestContext context, JoinGroupRequestData request) {
        return service.joinGroup(context, request, BufferSupplier.NO_CACHING);
    }

    public CompletableFuture<SyncGroupResponseData> syncGroup(
            AuthorizableRequestContext context, SyncGroupRequestData request) {
        return service.syncGroup(context, request, BufferSupplier.NO_CACHING);
    }

    public CompletableFuture<HeartbeatResponseData> heartbeat(
            AuthorizableRequestContext context, HeartbeatRequestData request) {
        return service.heartbeat(context, request);
    }

    public CompletableFuture<LeaveGroupResponseData> leaveGroup(
            AuthorizableRequestContext context, LeaveGroupRequestData request) {
        return service.leaveGroup(context, request);
    }

    public CompletableFuture<ListGroupsResponseData> listGroups(
            AuthorizableRequestContext context, ListGroupsRequestData request) {
        return service.listGroups(context, request);
    }

    public CompletableFuture<List<DescribeGroupsResponseData.DescribedGroup>> describeGroups(
            AuthorizableRequestContext context, List<String> groupIds) {
        return service.describeGroups(context, groupIds);
    }

    public CompletableFuture<DeleteGroupsResponseData.DeletableGroupResultCollection> deleteGroups(
            AuthorizableRequestContext context, List<String> groupIds) {
        return service.deleteGroups(context, groupIds, BufferSupplier.NO_CACHING);
    }

    /// @param requireStable whether offsets of undecided transactions are an error (KIP-447)
    public CompletableFuture<OffsetFetchResponseData.OffsetFetchResponseGroup> fetchOffsets(
            AuthorizableRequestContext context,
            OffsetFetchRequestData.OffsetFetchRequestGroup request,
            boolean requireStable) {
        return service.fetchOffsets(context, request, requireStable);
    }

    public CompletableFuture<OffsetCommitResponseData> commitOffsets(
            AuthorizableRequestContext context, OffsetCommitRequestData request) {
        return service.commitOffsets(context, request, BufferSupplier.NO_CACHING);
    }

    public CompletableFuture<OffsetDeleteResponseData> deleteOffsets(
            AuthorizableRequestContext context, OffsetDeleteRequestData request) {
        return service.deleteOffsets(context, request, BufferSupplier.NO_CACHING);
    }

    /// Offsets that count when the transaction is committed (KIP-98, KIP-447).
    public CompletableFuture<TxnOffsetCommitResponseData> commitTransactionalOffsets(
            AuthorizableRequestContext context, TxnOffsetCommitRequestData request) {
        return service.commitTransactionalOffsets(context, request, BufferSupplier.NO_CACHING);
    }

    /// Writes the marker of a transaction to an offsets partition: what was committed in it counts now,
    /// or is forgotten. The future fails with Kafka's exceptions.
    public CompletableFuture<Void> completeTransaction(
            int partition, TransactionMarker marker, ProducerIdAndEpoch producer, short transactionVersion) {
        return service.completeTransaction(
                new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition),
                producer.producerId,
                producer.epoch,
                marker.coordinatorEpoch(),
                marker.commit() ? TransactionResult.COMMIT : TransactionResult.ABORT,
                transactionVersion);
    }

    /// Stops at once. Nothing is lost: what was answered is durable.
    @Override
    public void close() {
        metadataThread.shutdownNow();
        try {
            service.shutdown();
        } finally {
            metrics.close();
            yammer.shutdown();
        }
        log.debug("group coordinator closed");
    }

    /// Share groups ask for the ends of partitions; they are not served.
    private static final class NoShareGroups implements PartitionMetadataClient {
        @Override
        public Map<TopicPartition, CompletableFuture<OffsetResponse>> listLatestOffsets(
                Set<TopicPartition> partitions) {
            Map<TopicPartition, CompletableFuture<OffsetResponse>> answers = new HashMap<>();
            partitions.forEach(partition -> answers.put(
                    partition,
                    CompletableFuture.failedFuture(new org.apache.kafka.common.errors.UnsupportedVersionException(
                            "share groups are not served"))));
            return answers;
        }

        @Override
        public void close() {}
    }
}
