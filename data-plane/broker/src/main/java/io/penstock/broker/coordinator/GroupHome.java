// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.coordinator;

import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.request.TransactionGate.Generation;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.kafka.groups.GroupCoordination;
import io.penstock.kafka.groups.GroupLog;
import io.penstock.kafka.groups.GroupSettings;
import io.penstock.kafka.producers.TransactionTerms;
import io.penstock.kafka.records.BatchHeader;
import io.penstock.log.AppendOrigin;
import io.penstock.log.AppendRefusal;
import io.penstock.log.ClusterLog;
import io.penstock.log.Isolation;
import io.penstock.log.LogRuntime;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.log.TransactionVerification;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.NotEnoughReplicasException;
import org.apache.kafka.common.errors.NotLeaderOrFollowerException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TransactionCoordinatorFencedException;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.image.MetadataDelta;
import org.jspecify.annotations.Nullable;

/// Where the groups of one cluster live on this broker: made when the first of them is asked for, told of every shard
/// that
/// opens and closes, of every durable offset, and of every change of the metadata.
///
/// A cluster without groups costs no thread and no memory here.
public final class GroupHome implements CoordinatorHome, AutoCloseable {
    private static final int OFFSETS_SEGMENT_BYTES = 100 << 20; // as Kafka's offsets.topic.segment.bytes

    private final ClusterContext cluster;
    private final OffsetsLog offsetsLog;
    private final TopicAutoCreation autoCreation;
    private final ClusterContext.Subscription subscription;
    private final Map<ShardId, LeaderEpoch> open = new HashMap<>();
    private final Map<Integer, Integer> elected = new TreeMap<>();
    private @Nullable GroupCoordination coordination;
    private boolean closed;

    /// @param transactions whom to ask about offsets that are committed in a transaction
    public GroupHome(
            ClusterContext cluster, TopicAutoCreation autoCreation, TransactionGate transactions, LogRuntime runtime) {
        this.cluster = cluster;
        this.offsetsLog = new OffsetsLog(cluster, transactions, runtime, runtime.newActor("offsets-retries"));
        this.autoCreation = autoCreation;
        this.subscription = cluster.onProgress(new FromCluster());
    }

    @Override
    public OptionalInt partitionFor(String groupId, String principal) {
        ClusterImage image = cluster.image();
        Optional<Uuid> topicId = image.topicId(Topic.GROUP_METADATA_TOPIC_NAME);
        if (topicId.isEmpty()) {
            autoCreation.begin(offsetsTopic(image), principal);
            return OptionalInt.empty();
        }
        int partitions = image.partitions(topicId.get()).orElseThrow();
        return OptionalInt.of(GroupCoordination.partitionFor(groupId, partitions));
    }

    @Override
    public Optional<Leader> leaderOf(int offsetsPartition) {
        ClusterImage image = cluster.image();
        return image.topicId(Topic.GROUP_METADATA_TOPIC_NAME).flatMap(id -> image.leaderOf(id, offsetsPartition));
    }

    ClusterContext cluster() {
        return cluster;
    }

    TopicAutoCreation autoCreation() {
        return autoCreation;
    }

    /// The coordinator; empty while the cluster has no offsets topic: answer NOT_COORDINATOR.
    public synchronized Optional<GroupCoordination> coordination() {
        if (coordination == null && !closed) {
            ClusterImage image = cluster.image();
            Optional<Uuid> topicId = image.topicId(Topic.GROUP_METADATA_TOPIC_NAME);
            if (topicId.isEmpty()) {
                return Optional.empty();
            }
            coordination = new GroupCoordination(
                    cluster.nodeId(),
                    cluster.clusterId(),
                    GroupSettings.of(image.partitions(topicId.get()).orElseThrow()),
                    offsetsLog,
                    cluster.access().authorizer());
            coordination
                    .metadataChanged(
                            new MetadataDelta.Builder().setImage(image.kafka()).build(), image.kafka())
                    .join(); // it deletes nothing, so it waits for nothing
            configure(coordination, image.kafka().configs().resourceData().keySet(), image);
            electAll(image);
        }
        return Optional.ofNullable(coordination);
    }

    @Override
    public void close() {
        subscription.close();
        GroupCoordination present;
        synchronized (this) {
            closed = true;
            present = coordination;
            coordination = null;
        }
        if (present != null) {
            present.close();
        }
    }

    private static NewTopic offsetsTopic(ClusterImage image) {
        return NewTopic.newBuilder()
                .setName(Topic.GROUP_METADATA_TOPIC_NAME)
                .setPartitions(image.settings()
                        .map(settings -> settings.offsetsTopicPartitions())
                        .orElse(50))
                .setReplicationFactor(-1)
                .putConfigs("cleanup.policy", "compact")
                .putConfigs("compression.type", "producer")
                .putConfigs("segment.bytes", Integer.toString(OFFSETS_SEGMENT_BYTES))
                .build();
    }

    /// The coordinator keeps what is set for groups by itself.
    private static void configure(GroupCoordination coordination, Set<ConfigResource> changed, ClusterImage image) {
        for (ConfigResource resource : changed) {
            if (resource.type() == ConfigResource.Type.GROUP) {
                coordination.groupConfigChanged(resource.name(), image.configs(resource));
            }
        }
    }

    /// Elections that the coordinator does not know of: of shards opened before it or before the topic was.
    private void electAll(ClusterImage image) {
        Optional<Uuid> topicId = image.topicId(Topic.GROUP_METADATA_TOPIC_NAME);
        GroupCoordination present = coordination;
        if (topicId.isEmpty() || present == null) {
            return;
        }
        int partitions = image.partitions(topicId.get()).orElse(0);
        for (int partition = 0; partition < partitions; partition++) {
            LeaderEpoch epoch =
                    image.shardOf(topicId.get(), partition).map(open::get).orElse(null);
            if (epoch != null && !Integer.valueOf(epoch.number()).equals(elected.get(partition))) {
                elected.put(partition, epoch.number());
                present.elected(partition, epoch.number());
            }
        }
    }

    private void resignShard(ShardId shard) {
        ClusterImage image = cluster.image();
        image.topicId(Topic.GROUP_METADATA_TOPIC_NAME)
                .ifPresent(topicId -> elected.keySet().removeIf(partition -> {
                    boolean gone = image.shardOf(topicId, partition)
                            .filter(shard::equals)
                            .isPresent();
                    if (gone && coordination != null) {
                        coordination.resigned(partition);
                    }
                    return gone;
                }));
    }

    private final class FromCluster implements ProgressListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            GroupCoordination present;
            synchronized (GroupHome.this) {
                present = coordination;
            }
            if (present != null
                    && cluster.image()
                            .topicId(Topic.GROUP_METADATA_TOPIC_NAME)
                            .filter(partition.topicId()::equals)
                            .isPresent()) {
                present.highWatermarkAdvanced(partition.partition(), highWatermark);
            }
        }

        @Override
        public void shardOpened(ShardId shard, LeaderEpoch epoch) {
            synchronized (GroupHome.this) {
                open.put(shard, epoch);
                electAll(cluster.image());
            }
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            synchronized (GroupHome.this) {
                if (epoch.equals(open.get(shard))) {
                    open.remove(shard);
                    resignShard(shard);
                }
            }
        }

        @Override
        public void incarnationFenced() {
            synchronized (GroupHome.this) {
                open.clear();
                if (coordination != null) {
                    elected.keySet().forEach(coordination::resigned);
                }
                elected.clear();
            }
        }

        @Override
        public void imageChanged(ImageChange change) {
            synchronized (GroupHome.this) {
                if (coordination != null && !change.isVoid()) {
                    coordination.metadataChanged(change.kafka(), change.after().kafka());
                    configure(coordination, change.configsChanged(), change.after());
                    electAll(change.after());
                }
            }
        }
    }

    /// The offsets topic in the cluster's log.
    private static final class OffsetsLog implements GroupLog {
        private static final Duration READ_AGAIN = Duration.ofMillis(100);

        private final ClusterContext cluster;
        private final TransactionGate transactions;
        private final LogRuntime runtime;
        private final Executor actor;

        private OffsetsLog(ClusterContext cluster, TransactionGate transactions, LogRuntime runtime, Executor actor) {
            this.cluster = cluster;
            this.transactions = transactions;
            this.runtime = runtime;
            this.actor = actor;
        }

        @Override
        public long append(int partition, ByteBuffer batches, TransactionTerms terms) {
            ClusterLog log = cluster.log().orElseThrow(OffsetsLog::notHere);
            // Waits for the log's actor, which never waits for anything.
            return switch (log.append(ref(partition), batches, AppendOrigin.COORDINATOR, terms)
                    .join()) {
                case Sequencing.Sequenced sequenced -> sequenced.lastOffset() + 1;
                case Sequencing.Refused refused -> throw exceptionOf(refused.reason(), refused.detail());
            };
        }

        @Override
        public CompletableFuture<TransactionTerms> verify(
                int partition, String transactionalId, long producerId, short producerEpoch, int version) {
            ClusterLog log = cluster.log().orElseThrow(OffsetsLog::notHere);
            Generation generation = Generation.ofTxnOffsetCommit(version);
            return log.startVerification(
                            ref(partition),
                            producerId,
                            producerEpoch,
                            BatchHeader.NO_SEQUENCE,
                            generation == Generation.IMPLICIT)
                    .thenCompose(verification -> switch (verification) {
                        case TransactionVerification.Ongoing() ->
                            CompletableFuture.completedFuture(TransactionTerms.NONE);
                        case TransactionVerification.Refused(AppendRefusal reason, String detail) ->
                            CompletableFuture.failedFuture(exceptionOf(reason, detail));
                        case TransactionVerification.Needed(TransactionTerms terms) ->
                            transactions
                                    .enlist(
                                            transactionalId,
                                            new ProducerIdAndEpoch(producerId, producerEpoch),
                                            Set.of(new TopicPartition(Topic.GROUP_METADATA_TOPIC_NAME, partition)),
                                            generation)
                                    .thenCompose(errors -> errors.values().stream()
                                            .filter(error -> error != Errors.NONE)
                                            .findFirst()
                                            .<CompletableFuture<TransactionTerms>>map(
                                                    error -> CompletableFuture.failedFuture(error.exception()))
                                            .orElseGet(() -> CompletableFuture.completedFuture(terms)));
                    });
        }

        @Override
        public CompletableFuture<Page> read(int partition, long offset, int maxBytes) {
            CompletableFuture<Page> page = new CompletableFuture<>();
            read(partition, offset, maxBytes, page);
            return page;
        }

        private void read(int partition, long offset, int maxBytes, CompletableFuture<Page> page) {
            Optional<ClusterLog> log = cluster.log();
            if (log.isEmpty()) {
                page.completeExceptionally(notHere());
                return;
            }
            PartitionRef ref;
            try {
                ref = ref(partition);
            } catch (KafkaException gone) {
                page.completeExceptionally(gone);
                return;
            }
            log.get().read(ref, offset, maxBytes, Isolation.READ_UNCOMMITTED).thenAccept(outcome -> {
                switch (outcome) {
                    case ReadOutcome.Records records ->
                        page.complete(new Page(records.batches(), records.logStartOffset(), records.highWatermark()));
                    case ReadOutcome.OutOfRange range -> {
                        if (offset < range.logStartOffset()) {
                            read(partition, range.logStartOffset(), maxBytes, page);
                        } else {
                            page.complete(new Page(List.of(), range.logStartOffset(), range.highWatermark()));
                        }
                    }
                    case ReadOutcome.NotLeader notLeader -> page.completeExceptionally(notHere());
                    // The coordinator would give the partition up for good; groups rather wait for the store.
                    case ReadOutcome.Unavailable unavailable ->
                        runtime.schedule(READ_AGAIN, actor, () -> read(partition, offset, maxBytes, page));
                }
            });
        }

        private PartitionRef ref(int partition) {
            return cluster.image()
                    .topicId(Topic.GROUP_METADATA_TOPIC_NAME)
                    .flatMap(topicId -> cluster.partition(topicId, partition))
                    .orElseThrow(OffsetsLog::notHere);
        }

        private static NotLeaderOrFollowerException notHere() {
            return new NotLeaderOrFollowerException("the offsets partition is not led here");
        }

        private static KafkaException exceptionOf(AppendRefusal reason, String detail) {
            return switch (reason) {
                case NOT_LEADER, DROPPED -> new NotLeaderOrFollowerException(detail);
                // Kafka's coordinator answers COORDINATOR_NOT_AVAILABLE for it: clients try again.
                case OVERLOADED -> new NotEnoughReplicasException(detail);
                case INVALID_BATCH -> new RecordTooLargeException(detail);
                case INVALID_PRODUCER_EPOCH -> new InvalidProducerEpochException(detail);
                case INVALID_TRANSACTION -> new InvalidTxnStateException(detail);
                case COORDINATOR_FENCED -> new TransactionCoordinatorFencedException(detail);
                case OUT_OF_ORDER_SEQUENCE, UNKNOWN_PRODUCER, DUPLICATE_TOO_OLD ->
                    new KafkaException(reason + ": " + detail);
            };
        }
    }
}
