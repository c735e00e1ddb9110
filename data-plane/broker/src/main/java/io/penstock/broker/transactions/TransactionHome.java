// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import io.penstock.broker.coordinator.CoordinatorHome;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.brokerapi.v1.NewTopic;
import io.penstock.kafka.transactions.TransactionalId;
import io.penstock.log.ClusterLog;
import io.penstock.log.LogRuntime;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.Leader;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.internals.Topic;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.common.utils.ProducerIdAndEpoch;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.server.common.TransactionVersion;

/// Where the transactions of one cluster live on this broker: told of every shard that opens and closes, so that what
/// has
/// its home there is loaded, and forgotten.
///
/// Methods may be called from any thread and do not block. A cluster without transactions costs nothing here.
public final class TransactionHome implements CoordinatorHome, AutoCloseable {
    private static final int SEGMENT_BYTES = 100 << 20; // as Kafka's transaction.state.log.segment.bytes
    private static final int PARTITIONS = 50; // as Kafka's transaction.state.log.num.partitions

    private final ClusterContext cluster;
    private final TopicAutoCreation autoCreation;
    private final LogRuntime runtime;
    private final TransactionSettings settings;
    private final Executor actor;
    private final TransactionCoordinator coordinator;
    private final ClusterContext.Subscription subscription;
    /// On the actor only.
    private final Map<ShardId, Open> open = new HashMap<>();

    private record Open(int epoch, ClusterLog log) {}

    public TransactionHome(
            ClusterContext cluster,
            TopicAutoCreation autoCreation,
            LogRuntime runtime,
            PeerBrokers peers,
            TransactionSettings settings) {
        this.cluster = cluster;
        this.autoCreation = autoCreation;
        this.runtime = runtime;
        this.settings = settings;
        this.actor = runtime.newActor("transactions-" + cluster.clusterId());
        this.coordinator =
                new TransactionCoordinator(cluster, peers, runtime, actor, settings, id -> partitionFor(cluster, id));
        this.subscription = cluster.onProgress(new FromCluster());
    }

    @Override
    public OptionalInt partitionFor(String transactionalId, String principal) {
        OptionalInt partition = partitionFor(cluster, transactionalId);
        if (partition.isEmpty()) {
            autoCreation.begin(topic(cluster.image()), principal);
        }
        return partition;
    }

    @Override
    public Optional<Leader> leaderOf(int partition) {
        return leaderOf(cluster, partition);
    }

    static Optional<Leader> leaderOf(ClusterContext cluster, int partition) {
        ClusterImage image = cluster.image();
        return image.topicId(Topic.TRANSACTION_STATE_TOPIC_NAME).flatMap(id -> image.leaderOf(id, partition));
    }

    /// The partition that is the id's home; empty if there is no transaction log.
    static OptionalInt partitionFor(ClusterContext cluster, String transactionalId) {
        ClusterImage image = cluster.image();
        OptionalInt partitions = image.topicId(Topic.TRANSACTION_STATE_TOPIC_NAME)
                .map(image::partitions)
                .orElse(OptionalInt.empty());
        return partitions.isEmpty()
                ? OptionalInt.empty()
                : OptionalInt.of(Utils.abs(transactionalId.hashCode()) % partitions.getAsInt());
    }

    private static NewTopic topic(ClusterImage image) {
        return NewTopic.newBuilder()
                .setName(Topic.TRANSACTION_STATE_TOPIC_NAME)
                // As many as of the offsets topic: both are spread over the same shards.
                .setPartitions(image.settings()
                        .map(cluster -> cluster.offsetsTopicPartitions())
                        .orElse(PARTITIONS))
                .setReplicationFactor(-1)
                .putConfigs("cleanup.policy", "compact")
                .putConfigs("compression.type", "uncompressed")
                .putConfigs("segment.bytes", Integer.toString(SEGMENT_BYTES))
                .build();
    }

    ClusterContext cluster() {
        return cluster;
    }

    LogRuntime runtime() {
        return runtime;
    }

    /// A producer begins with the id.
    CompletableFuture<TransactionAnswer> initialize(
            String transactionalId, int timeoutMillis, Optional<ProducerIdAndEpoch> expected) {
        if (timeoutMillis <= 0 || timeoutMillis > settings.longestTimeout().toMillis()) {
            return CompletableFuture.completedFuture(TransactionAnswer.failed(Errors.INVALID_TRANSACTION_TIMEOUT));
        }
        return perform(
                transactionalId,
                new Ask.Initialize((id, fresh) ->
                        id.initialize(timeoutMillis, expected, coordinator.version(), fresh, runtime.wallMillis())));
    }

    CompletableFuture<TransactionAnswer> perform(String transactionalId, Ask ask) {
        actor.execute(() -> coordinator.perform(transactionalId, ask));
        return ask.answer;
    }

    /// Reads an id as it stands, durably.
    <T> CompletableFuture<T> read(
            String transactionalId, Function<TransactionalId, T> read, Function<Errors, T> failed, Errors ifUnknown) {
        return onActor(() -> coordinator.read(transactionalId, read, failed, ifUnknown));
    }

    /// Reads all ids that are coordinated here; the function gets nothing while some are being loaded.
    <T> CompletableFuture<T> readAll(Function<Optional<List<TransactionalId>>, T> read) {
        return onActor(() -> CompletableFuture.completedFuture(read.apply(coordinator.all())));
    }

    private <T> CompletableFuture<T> onActor(java.util.function.Supplier<CompletableFuture<T>> question) {
        return CompletableFuture.supplyAsync(question, actor).thenCompose(Function.identity());
    }

    @Override
    public void close() {
        subscription.close();
        actor.execute(() -> {
            open.clear();
            coordinator.ledPartitions().forEach(coordinator::resigned);
        });
    }

    TransactionVersion version() {
        return coordinator.version();
    }

    /// Loads what has its home in an open shard and is not loaded: also when the topic comes after the shard.
    private void electAll() {
        ClusterImage image = cluster.image();
        Optional<Uuid> topicId = image.topicId(Topic.TRANSACTION_STATE_TOPIC_NAME);
        if (topicId.isEmpty()) {
            return;
        }
        int partitions = image.partitions(topicId.get()).orElse(0);
        for (int partition = 0; partition < partitions; partition++) {
            ShardId shard = image.shardOf(topicId.get(), partition).orElseThrow();
            Open here = open.get(shard);
            if (here != null && !coordinator.epochOf(partition).equals(OptionalInt.of(here.epoch()))) {
                coordinator.elected(
                        partition, new PartitionRef(shard, topicId.get(), partition), here.epoch(), here.log());
            }
        }
    }

    private final class FromCluster implements ProgressListener {
        @Override
        public void shardOpened(ShardId shard, LeaderEpoch epoch) {
            Optional<ClusterLog> log = cluster.log();
            actor.execute(() -> {
                log.ifPresent(present -> open.put(shard, new Open(epoch.number(), present)));
                electAll();
            });
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            actor.execute(() -> {
                Open closed = open.get(shard);
                if (closed != null && closed.epoch() == epoch.number()) {
                    open.remove(shard);
                    coordinator.resigned(shard);
                }
            });
        }

        @Override
        public void incarnationFenced() {
            actor.execute(() -> {
                open.clear();
                coordinator.ledPartitions().forEach(coordinator::resigned);
            });
        }

        @Override
        public void imageChanged(ImageChange change) {
            if (!change.isVoid()
                    && change.before()
                            .topicId(Topic.TRANSACTION_STATE_TOPIC_NAME)
                            .isEmpty()) {
                actor.execute(TransactionHome.this::electAll);
            }
        }
    }
}
