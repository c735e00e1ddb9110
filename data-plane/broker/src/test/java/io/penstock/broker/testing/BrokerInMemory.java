// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.authentication.ClusterIdentities;
import io.penstock.broker.authentication.Identities;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.authentication.PeerCredential;
import io.penstock.broker.authentication.TrustedIssuer;
import io.penstock.broker.coordinator.GroupHandlers;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.metrics.LogMeters;
import io.penstock.broker.network.Door;
import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.network.NetworkSettings;
import io.penstock.broker.network.TlsFiles;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.request.StandardHandlers;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TopicConfigCache;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.transactions.TransactionEnlistment;
import io.penstock.broker.transactions.TransactionHandlers;
import io.penstock.broker.transactions.TransactionHome;
import io.penstock.broker.transactions.TransactionSettings;
import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.kafka.peers.PeerClient;
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
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/// One broker that leads everything in one cluster, with everything real but the store and the control plane.
public final class BrokerInMemory implements AutoCloseable {
    public static final int SHARDS = 4;

    private static final PeerCredential PEER = new PeerCredential("what brokers of tests know");

    private final TestRuntime runtime;
    private final TrustedIssuer issuer;
    private final TestCluster.Shared process;
    private final SimpleMeterRegistry registry;
    private final boolean ownsServer;
    private final TestCluster cluster;
    private final NetworkServer server;
    private final ClusterLog log;
    private final TopicConfigCache<TopicPolicy> policies = new TopicConfigCache<>(TopicPolicy::of);
    private final InetSocketAddress address;
    private final String host;
    private final PeerClient peers;
    private final TransactionGate gate;
    private final GroupHome groups;
    private final TransactionHome transactions;
    private volatile boolean markersAreLost;

    private BrokerInMemory(
            ClusterSettings settings,
            LogSettings logSettings,
            Function<Identities, ListenerPolicy> policy,
            Optional<TlsFiles> tls,
            TransactionSettings transactionSettings) {
        this(settings, logSettings, policy, tls, transactionSettings, Optional.empty(), "tn_test", "kc_test");
    }

    private BrokerInMemory(
            ClusterSettings settings,
            LogSettings logSettings,
            Function<Identities, ListenerPolicy> policy,
            Optional<TlsFiles> tls,
            TransactionSettings transactionSettings,
            Optional<BrokerInMemory> beside,
            String tenantId,
            String clusterId) {
        runtime = beside.map(other -> other.runtime).orElseGet(TestRuntime::new);
        issuer = new TrustedIssuer(runtime, task -> Thread.ofVirtual().start(task));
        process = beside.map(other -> other.process).orElseGet(TestCluster.Shared::fresh);
        registry = process.registry();
        ownsServer = beside.isEmpty();
        cluster = new TestCluster(
                runtime,
                settings,
                Set.of(KafkaPrincipal.ANONYMOUS, PeerCredential.PRINCIPAL),
                process,
                tenantId,
                clusterId);
        server = beside.map(other -> other.server)
                .orElseGet(() -> new NetworkServer(NetworkSettings.defaults(), runtime, runtime.workers(), registry));
        ListenerPolicy listenerPolicy =
                policy.apply(new ClusterIdentities(cluster::image, Optional.of(PEER), issuer, runtime::wallMillis));
        peers = new PeerClient(
                clusterId, listenerPolicy.anonymous() ? Map.of() : PEER.clientSettings(Optional.empty()));
        log = new ClusterLog(
                cluster.store,
                cluster.prefix,
                cluster.incarnation,
                logSettings,
                new LogMeters(registry, cluster.clusterId()).measured(runtime),
                new Forward(),
                topic -> policies.of(cluster.image(), topic));
        TopicAutoCreation autoCreation = new TopicAutoCreation(cluster);
        PeerBrokers brokers = (broker, request) -> markersAreLost && request.apiKey() == ApiKeys.WRITE_TXN_MARKERS
                ? CompletableFuture.failedFuture(new IOException("lost"))
                : peers.ask(broker.host(), broker.port(), request);
        gate = new TransactionEnlistment(cluster, brokers);
        groups = new GroupHome(cluster, autoCreation, gate, runtime);
        transactions = new TransactionHome(cluster, autoCreation, runtime, brokers, transactionSettings);
        List<RequestHandler> handlers =
                new ArrayList<>(StandardHandlers.of(cluster, autoCreation, gate, runtime, runtime.workers()));
        handlers.addAll(GroupHandlers.of(groups));
        handlers.addAll(TransactionHandlers.of(transactions, groups));
        RequestRouter router = new RequestRouter(cluster, handlers);
        cluster.listeners.add(new ProgressListener() {
            @Override
            public void imageChanged(ClusterImage newest) {
                issuer.imageChanged(newest);
            }
        });
        Door door = new Door(
                router,
                listenerPolicy,
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
        cluster.listeners.forEach(this::tellOpened);
    }

    public static BrokerInMemory started() {
        return started(LogSettings.defaults(LatencyProfile.FAST));
    }

    public static BrokerInMemory started(LogSettings settings) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                settings,
                ListenerPolicy::open,
                Optional.empty(),
                TransactionSettings.defaults());
    }

    /// Clients are let in as the policy has it.
    public static BrokerInMemory started(Function<Identities, ListenerPolicy> policy) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                policy,
                Optional.empty(),
                TransactionSettings.defaults());
    }

    /// Another tenant's cluster on the same broker: what is of the process is shared, and nothing else is to
    /// be.
    public BrokerInMemory anotherTenants(String tenantId, String clusterId) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::authenticated,
                Optional.empty(),
                TransactionSettings.defaults(),
                Optional.of(this),
                tenantId,
                clusterId);
    }

    /// On a port that clusters share, within TLS.
    public static BrokerInMemory startedWithin(TlsFiles tls) {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::authenticated,
                Optional.of(tls),
                TransactionSettings.defaults());
    }

    public static BrokerInMemory creatingTopicsOnFirstUse() {
        return new BrokerInMemory(
                TestCluster.settings(SHARDS, true),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::open,
                Optional.empty(),
                TransactionSettings.defaults());
    }

    /// Where groups live, new and empty: it has to load what it is asked for.
    public GroupHome newGroups() {
        GroupHome fresh = new GroupHome(cluster, new TopicAutoCreation(cluster), gate, runtime);
        tellOpened(cluster.listeners.getLast());
        return fresh;
    }

    /// The gate that produce of this broker asks.
    public TransactionGate gate() {
        return gate;
    }

    /// For transactions that wait for less than people would.
    public static BrokerInMemory started(int transactionVersion, TransactionSettings settings) {
        BrokerInMemory broker = new BrokerInMemory(
                TestCluster.settings(SHARDS, false),
                LogSettings.defaults(LatencyProfile.FAST),
                ListenerPolicy::open,
                Optional.empty(),
                settings);
        broker.cluster.feature("transaction.version", transactionVersion);
        return broker;
    }

    /// Whether markers of transactions reach nobody.
    public void loseMarkers(boolean lost) {
        markersAreLost = lost;
    }

    /// Coordinators forget everything and load it again, as if shards had gone and come back.
    public void reloadCoordinators() {
        for (ProgressListener listener : cluster.listeners) {
            listener.incarnationFenced();
            tellOpened(listener);
        }
    }

    private void tellOpened(ProgressListener listener) {
        for (ShardId shard : cluster.allShards()) {
            listener.shardOpened(
                    shard, cluster.image().shards().leader(shard).orElseThrow().epoch());
        }
    }

    public TestCluster cluster() {
        return cluster;
    }

    public TrustedIssuer issuer() {
        return issuer;
    }

    public TestRuntime runtime() {
        return runtime;
    }

    public ClusterLog log() {
        return log;
    }

    public NetworkServer network() {
        return server;
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
        if (ownsServer) {
            server.close();
        }
        issuer.close();
        groups.close();
        transactions.close();
        peers.close();
        cluster.closeMeasuring();
        log.close();
        if (ownsServer) {
            runtime.close();
        }
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
