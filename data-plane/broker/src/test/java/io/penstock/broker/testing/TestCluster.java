// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.quotas.ClusterQuotas;
import io.penstock.broker.quotas.TenantBudgets;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.telemetry.ClientMeters;
import io.penstock.kafka.telemetry.ClientTelemetry;
import io.penstock.log.ClusterLog;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.FeatureLevelRecord;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.apache.kafka.server.common.ApiMessageAndVersion;

/// A cluster with a hand-made image, seen by its broker 0.
public final class TestCluster implements ClusterContext {
    private static final UUID CONTROL_PLANE = new UUID(1, 2);

    final MemoryObjectStore store = new MemoryObjectStore();
    final Incarnation incarnation = new Incarnation(7, 7);
    final List<ProgressListener> listeners = new CopyOnWriteArrayList<>();

    private final MemoryControlPlane controlPlane = new MemoryControlPlane(this::image, this::change);
    private final ProducerIds producerIds;
    private final AccessControl access;
    final ClusterPrefix prefix;
    private final String clusterId;
    private final SimpleMeterRegistry registry;
    private final ClusterQuotas quotas;
    private final ClientMeters clientMeters;
    private final ClientTelemetry telemetry;
    private volatile ClusterImage image = ClusterImage.EMPTY;
    private volatile Optional<ClusterLog> log = Optional.empty();

    /// Whoever does not say who he is may do everything.
    public TestCluster(TestRuntime runtime, ClusterSettings settings) {
        this(runtime, settings, Set.of(KafkaPrincipal.ANONYMOUS));
    }

    /// What the clusters of one broker share.
    record Shared(SimpleMeterRegistry registry, TenantBudgets budgets) {
        static Shared fresh() {
            SimpleMeterRegistry registry = new SimpleMeterRegistry();
            return new Shared(registry, new TenantBudgets(registry));
        }
    }

    public TestCluster(TestRuntime runtime, ClusterSettings settings, Set<KafkaPrincipal> superUsers) {
        this(runtime, settings, superUsers, Shared.fresh(), "tn_test", "kc_test");
    }

    TestCluster(
            TestRuntime runtime,
            ClusterSettings settings,
            Set<KafkaPrincipal> superUsers,
            Shared process,
            String tenantId,
            String clusterId) {
        this.clusterId = clusterId;
        prefix = ClusterPrefix.of(tenantId, clusterId);
        registry = process.registry();
        quotas = new ClusterQuotas(clusterId, tenantId, 0, process.budgets(), registry);
        clientMeters = new ClientMeters(registry, clusterId);
        telemetry = new ClientTelemetry(clientMeters);
        access = new AccessControl(superUsers);
        listeners.add(new ProgressListener() {
            @Override
            public void imageChanged(ImageChange change) {
                access.imageChanged(change);
                quotas.imageChanged(change.after());
                telemetry.imageChanged(change.after().kafka().configs());
            }
        });
        producerIds = new ProducerIds(store, new LogKeys(prefix), 0, runtime);
        change(MetalogRecords.createCluster(settings));
    }

    public static ClusterSettings settings(int shards, boolean autoCreateTopics) {
        ClusterSettings defaults = ClusterSettings.defaults("test");
        return new ClusterSettings(
                "test",
                shards,
                ClusterSettings.LatencyProfile.FAST,
                autoCreateTopics,
                defaults.defaultPartitions(),
                defaults.defaultReplicationFactor(),
                defaults.offsetsTopicPartitions());
    }

    /// One more entry of the metalog.
    public synchronized void change(List<MetalogRecord> records) {
        var change = image.apply(image.next(CONTROL_PLANE, 0, 0, records));
        if (change.isVoid()) {
            throw new IllegalArgumentException("void: " + change.voidReason().orElseThrow());
        }
        image = change.after();
        listeners.forEach(listener -> listener.imageChanged(change));
    }

    public Uuid createTopic(String name, int partitions, Map<String, String> configs) {
        Uuid id = Uuid.randomUuid();
        change(MetalogRecords.createTopic(
                name, id, partitions, 3, image.shards().count(), configs));
        return id;
    }

    /// Sets the level of one of Kafka's features.
    public void feature(String name, int level) {
        change(List.of(new MetalogRecord.Kafka(new ApiMessageAndVersion(
                new FeatureLevelRecord().setName(name).setFeatureLevel((short) level), (short) 0))));
    }

    /// Announces a broker and gives it these shards.
    public void lead(int node, Incarnation who, String host, int port, List<ShardId> shards) {
        List<MetalogRecord> records = new ArrayList<>();
        records.add(MetalogRecords.announce(new Endpoint(node, host, port, Optional.empty(), who, node)));
        Map<ShardId, Incarnation> assignments = new TreeMap<>();
        shards.forEach(shard -> assignments.put(shard, who));
        records.addAll(MetalogRecords.assignShards(assignments));
        change(records);
    }

    public List<ShardId> allShards() {
        List<ShardId> all = new ArrayList<>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            all.add(new ShardId(shard));
        }
        return all;
    }

    /// Where quotas are measured.
    public SimpleMeterRegistry registry() {
        return registry;
    }

    void log(ClusterLog opened) {
        log = Optional.of(opened);
    }

    @Override
    public String clusterId() {
        return clusterId;
    }

    @Override
    public int nodeId() {
        return 0;
    }

    @Override
    public ClusterImage image() {
        return image;
    }

    @Override
    public Optional<ClusterLog> log() {
        return log;
    }

    @Override
    public MemoryControlPlane controlPlane() {
        return controlPlane;
    }

    @Override
    public ProducerIds producerIds() {
        return producerIds;
    }

    @Override
    public ClusterQuotas quotas() {
        return quotas;
    }

    @Override
    public ClientTelemetry telemetry() {
        return telemetry;
    }

    @Override
    public AccessControl access() {
        return access;
    }

    void closeMeasuring() {
        quotas.close();
        telemetry.close();
        clientMeters.close();
    }

    @Override
    public Subscription onProgress(ProgressListener listener) {
        listeners.add(listener);
        return () -> listeners.remove(listener);
    }
}
