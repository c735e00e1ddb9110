// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.authentication.ClusterIdentities;
import io.penstock.broker.authentication.Identities;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.authentication.TrustedIssuer;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.metrics.LogMeters;
import io.penstock.broker.network.Door;
import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.network.NetworkSettings;
import io.penstock.broker.network.TlsFiles;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.request.StandardHandlers;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TopicConfigCache;
import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.ClusterLog;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogListener;
import io.penstock.log.LogSettings;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.ShardOpening;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.SslConfigs;

/// One broker that leads everything in one cluster, with everything real but the store and the control plane.
public final class BrokerInMemory implements AutoCloseable {
    public static final int SHARDS = 4;

    private final TestRuntime runtime = new TestRuntime();
    private final TrustedIssuer issuer =
            new TrustedIssuer(runtime, task -> Thread.ofVirtual().start(task));
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TestCluster cluster;
    private final NetworkServer server;
    private final ClusterLog log;
    private final TopicConfigCache<TopicPolicy> policies = new TopicConfigCache<>(TopicPolicy::of);
    private final InetSocketAddress address;
    private final String host;

    private BrokerInMemory(
            ClusterSettings settings,
            LogSettings logSettings,
            Function<Identities, ListenerPolicy> policy,
            Optional<TlsFiles> tls) {
        cluster = new TestCluster(runtime, settings);
        server = new NetworkServer(NetworkSettings.defaults(), runtime, runtime.workers(), registry);
        log = new ClusterLog(
                cluster.store,
                TestCluster.PREFIX,
                cluster.incarnation,
                logSettings,
                new LogMeters(registry, cluster.clusterId()).measured(runtime),
                new Forward(),
                topic -> policies.of(cluster.image(), topic));
        RequestRouter router = new RequestRouter(
                cluster, StandardHandlers.of(cluster, new TopicAutoCreation(cluster), runtime, runtime.workers()));
        cluster.listeners.add(new ProgressListener() {
            @Override
            public void imageChanged(ClusterImage newest) {
                issuer.imageChanged(newest);
            }
        });
        Door door = new Door(
                router,
                policy.apply(new ClusterIdentities(cluster::image, Optional.empty(), issuer, runtime::wallMillis)),
                () -> Optional.ofNullable(cluster.image()
                        .configs(new ConfigResource(ConfigResource.Type.BROKER, ""))
                        .get(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG)));
        tls.ifPresent(files -> server.open(door));
        host = tls.isPresent() ? "b0-kc-test" + TestNames.DOMAIN : "127.0.0.1";
        address = tls.map(files -> server.bindShared(files, "127.0.0.1", 0))
                .orElseGet(() -> server.bind(door, "127.0.0.1", 0))
                .join()
                .address();
        cluster.lead(0, cluster.incarnation, host, address.getPort(), cluster.allShards());
        cluster.log(log);
        List<CompletableFuture<OpenOutcome>> opened = new ArrayList<>();
        for (ShardId shard : cluster.allShards()) {
            LeaderEpoch epoch =
                    cluster.image().shards().leader(shard).orElseThrow().epoch();
            opened.add(log.open(new ShardOpening(shard, epoch, List.of())));
        }
        opened.forEach(outcome -> {
            if (!(outcome.join() instanceof OpenOutcome.Opened)) {
                throw new IllegalStateException("not opened: " + outcome.join());
            }
        });
    }

    public static BrokerInMemory started() {
        return started(LogSettings.defaults(LatencyProfile.FAST));
    }

    public static BrokerInMemory started(LogSettings settings) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false), settings, ListenerPolicy::open, Optional.empty());
    }

    /// Clients are let in as the policy has it.
    public static BrokerInMemory started(Function<Identities, ListenerPolicy> policy) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                policy,
                Optional.empty());
    }

    /// On a port that clusters share, within TLS.
    public static BrokerInMemory startedWithin(TlsFiles tls) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::authenticated,
                Optional.of(tls));
    }

    public static BrokerInMemory creatingTopicsOnFirstUse() {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, true),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::open,
                Optional.empty());
    }

    /// Where groups live, new and empty: it has to load what it is asked for.
    public GroupHome newGroups() {
        GroupHome groups = new GroupHome(cluster, new TopicAutoCreation(cluster), runtime);
        ProgressListener newest = cluster.listeners.getLast();
        for (ShardId shard : cluster.allShards()) {
            newest.shardOpened(
                    shard, cluster.image().shards().leader(shard).orElseThrow().epoch());
        }
        return groups;
    }

    public TestCluster cluster() {
        return cluster;
    }

    public TrustedIssuer issuer() {
        return issuer;
    }

    public ClusterLog log() {
        return log;
    }

    public SimpleMeterRegistry registry() {
        return registry;
    }

    public InetSocketAddress address() {
        return address;
    }

    public String bootstrapServers() {
        return host + ":" + address.getPort();
    }

    @Override
    public void close() {
        server.close();
        issuer.close();
        log.close();
        runtime.close();
    }

    private final class Forward implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            for (ProgressListener listener : cluster.listeners) {
                listener.highWatermarkAdvanced(partition, highWatermark);
            }
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            for (ProgressListener listener : cluster.listeners) {
                listener.shardClosed(shard, epoch);
            }
        }

        @Override
        public void incarnationFenced() {
            cluster.listeners.forEach(ProgressListener::incarnationFenced);
        }
    }
}
