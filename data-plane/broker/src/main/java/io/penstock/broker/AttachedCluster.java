// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.broker.authentication.ClusterIdentities;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.authentication.PeerCredential;
import io.penstock.broker.authentication.TrustedIssuer;
import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.cluster.BucketCanary;
import io.penstock.broker.cluster.ServedCluster;
import io.penstock.broker.control.ControlSession;
import io.penstock.broker.coordinator.GroupHandlers;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.leadership.TenureReports;
import io.penstock.broker.metrics.LogMeters;
import io.penstock.broker.network.Door;
import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.quotas.ClusterQuotas;
import io.penstock.broker.quotas.TenantBudgets;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.ControlPlane;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.request.StandardHandlers;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TopicConfigCache;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.telemetry.ClientMeters;
import io.penstock.broker.transactions.LivingPeers;
import io.penstock.broker.transactions.TransactionEnlistment;
import io.penstock.broker.transactions.TransactionHandlers;
import io.penstock.broker.transactions.TransactionHome;
import io.penstock.broker.transactions.TransactionSettings;
import io.penstock.broker.usage.CountedStore;
import io.penstock.broker.usage.UsageCounts;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.CheckpointReached;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.brokerapi.v1.ClusterClaimed;
import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.EntryApplied;
import io.penstock.brokerapi.v1.EntryStored;
import io.penstock.brokerapi.v1.HandOffDone;
import io.penstock.brokerapi.v1.IncarnationReady;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.ShardReport;
import io.penstock.brokerapi.v1.StoreReport;
import io.penstock.brokerapi.v1.StoreState;
import io.penstock.brokerapi.v1.TopicDropped;
import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.kafka.peers.PeerClient;
import io.penstock.kafka.telemetry.ClientTelemetry;
import io.penstock.log.ClusterLog;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRuntime;
import io.penstock.log.LogSettings;
import io.penstock.log.LogStatus;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.ImageChange;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.objectstore.observed.ObservedObjectStore;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.IntConsumer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.SslConfigs;
import org.apache.kafka.common.security.auth.KafkaPrincipal;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One cluster on this broker, wired: metalog and log below, listener and handlers above, the control plane
/// beside it.
final class AttachedCluster implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(AttachedCluster.class);

    private final ClusterAttached attached;
    private final ObservedObjectStore store;
    private final UsageCounts usage;
    private final RegisterResponse registration;
    private final ControlSession session;
    private final NetworkServer network;
    private final ServedCluster served;
    private final TopicConfigCache<TopicPolicy> policies = new TopicConfigCache<>(TopicPolicy::of);
    private final GroupHome groups;
    private final TransactionHome transactions;
    private final PeerClient peers;
    private final RequestRouter router;
    private final AccessControl access;
    private final TrustedIssuer issuer;
    private final ClusterQuotas quotas;
    private final ClientMeters clientMeters;
    private final ClientTelemetry telemetry;
    private final ListenerPolicy policy;
    private final SharedPort sharedPort;
    private final BucketCanary canary;
    private final Gauge shardsLed;
    private final LogMeters logMeters;
    private final IntConsumer claimed;
    private final MeterRegistry registry;
    private volatile NetworkServer.@Nullable Listening listening;
    private volatile Optional<Runnable> shutDoor = Optional.empty();
    private volatile boolean closed;

    /// @param claimed called once, when another control plane turns out to own the cluster, as its metalog
    ///     says up to that entry: to be closed then
    AttachedCluster(
            ClusterAttached attached,
            RegisterResponse registration,
            ObservedObjectStore store,
            FollowerSettings following,
            LogRuntime runtime,
            Executor workers,
            NetworkServer network,
            SharedPort sharedPort,
            ControlSession session,
            ControlPlane controlPlane,
            MeterRegistry registry,
            TenantBudgets budgets,
            IntConsumer claimed) {
        this.attached = attached;
        this.store = store;
        this.claimed = claimed;
        this.registration = registration;
        this.session = session;
        this.network = network;
        this.sharedPort = sharedPort;
        this.registry = registry;
        ClusterPrefix prefix = new ClusterPrefix(attached.getPrefix());
        CountedStore counted = new CountedStore(store);
        this.usage = new UsageCounts(attached.getClusterId(), counted, registry, runtime::wallMillis);
        LogSettings logSettings = LogSettings.defaults(
                LatencyProfile.valueOf(attached.getLatencyProfile().toUpperCase(Locale.ROOT)));
        this.logMeters = new LogMeters(registry, attached.getClusterId());
        LogRuntime measured = logMeters.measured(runtime);
        this.canary = new BucketCanary(
                attached.getClusterId(),
                prefix,
                counted,
                runtime,
                runtime.newActor("canary-" + attached.getClusterId()));
        this.served = new ServedCluster(
                attached.getClusterId(),
                prefix,
                counted,
                following,
                runtime,
                (incarnation, listener) ->
                        new ClusterLog(counted, prefix, incarnation, logSettings, measured, listener, this::policy),
                new Reports(),
                attached.getControlPlaneId().isEmpty()
                        ? Optional.empty()
                        : Optional.of(UUID.fromString(attached.getControlPlaneId())));
        boolean anonymous = attached.getListener().getAnonymous()
                && isLoopback(attached.getListener().getBindHost());
        Optional<PeerCredential> peer = Optional.of(attached.getPeerSecret())
                .filter(secret -> !secret.isEmpty())
                .map(PeerCredential::new);
        this.access = new AccessControl(
                anonymous
                        ? Set.of(PeerCredential.PRINCIPAL, KafkaPrincipal.ANONYMOUS)
                        : Set.of(PeerCredential.PRINCIPAL));
        this.quotas = new ClusterQuotas(
                attached.getClusterId(), attached.getTenantId(), registration.getNodeId(), budgets, registry);
        this.clientMeters = new ClientMeters(registry, attached.getClusterId());
        this.telemetry = new ClientTelemetry(clientMeters);
        this.issuer = new TrustedIssuer(runtime, task -> Thread.ofVirtual().start(task));
        ClusterIdentities identities = new ClusterIdentities(served::image, peer, issuer, runtime::wallMillis);
        this.policy = anonymous ? ListenerPolicy.open(identities) : ListenerPolicy.authenticated(identities);
        ProducerIds producerIds = new ProducerIds(counted, new LogKeys(prefix), registration.getNodeId(), runtime);
        ClusterContext context = new Context(controlPlane, producerIds);
        TopicAutoCreation autoCreation = new TopicAutoCreation(context);
        Optional<String> peersCertificates =
                attached.getListener().getTls() ? sharedPort.certificates() : Optional.empty();
        this.peers = new PeerClient(
                attached.getClusterId(),
                // Where everybody may enter unknown, so may they.
                peer.filter(credential -> !anonymous)
                        .map(credential -> credential.clientSettings(peersCertificates))
                        .orElse(Map.of()));
        LivingPeers brokers = new LivingPeers((broker, request) -> peers.ask(broker.host(), broker.port(), request));
        served.listen(brokers);
        TransactionGate gate = new TransactionEnlistment(context, brokers);
        this.groups = new GroupHome(context, autoCreation, gate, runtime);
        this.transactions =
                new TransactionHome(context, autoCreation, runtime, brokers, TransactionSettings.defaults());
        List<RequestHandler> handlers =
                new ArrayList<>(StandardHandlers.of(context, autoCreation, gate, runtime, workers));
        handlers.addAll(GroupHandlers.of(groups));
        handlers.addAll(TransactionHandlers.of(transactions, groups));
        this.router = new RequestRouter(context, handlers);
        // At once, so that whoever changed the metadata waits for milliseconds and not for a heartbeat.
        served.listen(new ProgressListener() {
            @Override
            public void imageChanged(ImageChange change) {
                ClusterImage newest = change.after();
                access.imageChanged(change);
                issuer.imageChanged(newest);
                quotas.imageChanged(newest);
                telemetry.imageChanged(newest.kafka().configs());
                policies.imageChanged(newest);
                session.send(BrokerMessage.newBuilder()
                        .setEntryApplied(EntryApplied.newBuilder()
                                .setClusterId(attached.getClusterId())
                                .setNumber(newest.number()))
                        .build());
            }
        });
        this.shardsLed = Gauge.builder(
                        "penstock_broker_shards_led",
                        served,
                        cluster -> status().map(status -> status.open().size()).orElse(0))
                .tag("cluster", attached.getClusterId())
                .register(registry);
    }

    /// Whatever the control plane says: nobody enters unknown from another machine.
    private static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return host.equals("localhost");
        }
    }

    /// Whose certificates are trusted here, as the cluster's metadata says in Kafka's words.
    private Optional<String> clientCa() {
        return Optional.ofNullable(served.image()
                .configs(new ConfigResource(ConfigResource.Type.BROKER, ""))
                .get(SslConfigs.SSL_TRUSTSTORE_CERTIFICATES_CONFIG));
    }

    /// Asked by the log, only after `served` was made: by then there is an image.
    private Optional<TopicPolicy> policy(Uuid topicId) {
        return policies.of(served.image(), topicId);
    }

    /// Listens first, so that the endpoint that is reported with the incarnation is open; reports it once
    /// the bucket is
    /// proven usable.
    void start() {
        Door door = new Door(router, policy, this::clientCa);
        if (attached.getListener().getTls()) {
            shutDoor = Optional.of(network.open(door));
            sharedPort.listen(
                    attached.getListener().getBindHost(), attached.getListener().getPort());
            canary.proven().thenRun(served::start);
            served.entriesStoredUpTo(attached.getStoredEntry());
            return;
        }
        network.bind(
                        door,
                        attached.getListener().getBindHost(),
                        attached.getListener().getPort())
                .whenComplete((bound, failure) -> {
                    if (failure != null) {
                        log.error("cluster={} {}", attached.getClusterId(), failure.getMessage());
                        return;
                    }
                    listening = bound;
                    if (closed) {
                        bound.unbind();
                    } else {
                        canary.proven().thenRun(served::start);
                    }
                });
        served.entriesStoredUpTo(attached.getStoredEntry());
    }

    void storedUpTo(int entry) {
        served.entriesStoredUpTo(entry);
    }

    void entryStored(EntryStored stored) {
        served.entryPushed(EncodedEntry.of(stored.getNumber(), stored.getEntry().toByteArray()));
    }

    void handOffDone(HandOffDone done) {
        served.handOffReported(
                new ShardId(done.getShard()),
                new LeaderEpoch(done.getEpoch()),
                new WalSlot(Incarnation.parse(done.getIncarnation()), done.getGeneration(), done.getSlot()));
    }

    void streamBroken() {
        served.streamBroken();
    }

    void streamRestored() {
        served.streamRestored();
    }

    Optional<ClusterReport> report() {
        Optional<LogStatus> status = status();
        Optional<Incarnation> incarnation = served.incarnation();
        if (status.isEmpty() || incarnation.isEmpty()) {
            return Optional.empty();
        }
        ClusterReport.Builder report = ClusterReport.newBuilder()
                .setClusterId(attached.getClusterId())
                .setIncarnation(incarnation.get().toString())
                .setAppliedEntry(served.image().number())
                .setGeneration(status.get().generation())
                .setFrontier(status.get().frontier())
                .setPendingBytes(status.get().pendingBytes())
                .setFenced(status.get().fenced())
                .setConnections(network.connections(attached.getClusterId()))
                .addAllUsage(usage.due());
        LogStatus now = status.get();
        now.open()
                .forEach((shard, epoch) -> report.addOpen(ShardReport.newBuilder()
                        .setShard(shard.number())
                        .setEpoch(epoch.number())
                        .setAppendedBytes(now.appended().getOrDefault(shard, 0L))));
        return Optional.of(report.build());
    }

    /// How well the cluster's bucket answers.
    StoreReport storeReport() {
        return StoreReport.newBuilder()
                .setClusterId(attached.getClusterId())
                .setState(
                        switch (store.health()) {
                            case HEALTHY -> StoreState.STORE_HEALTHY;
                            case DEGRADED -> StoreState.STORE_DEGRADED;
                            case UNAVAILABLE -> StoreState.STORE_UNAVAILABLE;
                        })
                .build();
    }

    private Optional<LogStatus> status() {
        return served.log().map(ClusterLog::status);
    }

    @Override
    public void close() {
        closed = true;
        shutDoor.ifPresent(Runnable::run);
        NetworkServer.Listening bound = listening;
        if (bound != null) {
            bound.unbind();
        }
        canary.close();
        registry.remove(shardsLed);
        logMeters.close();
        groups.close();
        transactions.close();
        peers.close();
        served.close();
        access.close();
        issuer.close();
        quotas.close();
        telemetry.close();
        clientMeters.close();
    }

    private final class Reports implements TenureReports {
        @Override
        public void incarnationReady(Incarnation incarnation) {
            session.send(BrokerMessage.newBuilder()
                    .setIncarnationReady(IncarnationReady.newBuilder()
                            .setClusterId(attached.getClusterId())
                            .setIncarnation(incarnation.toString())
                            .setHost(attached.getListener().getAdvertisedHost())
                            .setPort(attached.getListener().getAdvertisedPort()))
                    .build());
        }

        @Override
        public void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where) {
            session.send(BrokerMessage.newBuilder()
                    .setHandOffDone(HandOffDone.newBuilder()
                            .setClusterId(attached.getClusterId())
                            .setShard(shard.number())
                            .setEpoch(epoch.number())
                            .setIncarnation(where.incarnation().toString())
                            .setGeneration(where.generation())
                            .setSlot(where.slot()))
                    .build());
        }

        @Override
        public void checkpointReached(ShardId shard, LeaderEpoch below) {
            session.send(BrokerMessage.newBuilder()
                    .setCheckpointReached(CheckpointReached.newBuilder()
                            .setClusterId(attached.getClusterId())
                            .setShard(shard.number())
                            .setBelowEpoch(below.number()))
                    .build());
        }

        @Override
        public void claimed(UUID owner, int entry) {
            session.send(BrokerMessage.newBuilder()
                    .setClusterClaimed(ClusterClaimed.newBuilder()
                            .setClusterId(attached.getClusterId())
                            .setOwner(owner.toString())
                            .setEntry(entry))
                    .build());
            claimed.accept(entry);
        }

        @Override
        public void topicClosed(Uuid topicId, ShardId shard) {
            session.send(gone(topicId, Set.of(shard), true));
        }

        @Override
        public void topicDropped(Uuid topicId, Set<ShardId> shards) {
            session.send(gone(topicId, shards, false));
        }

        private BrokerMessage gone(Uuid topicId, Set<ShardId> shards, boolean restorable) {
            TopicDropped.Builder dropped = TopicDropped.newBuilder()
                    .setClusterId(attached.getClusterId())
                    .setTopicId(topicId.toString())
                    .setRestorable(restorable)
                    .setAppliedEntry(served.image().number());
            shards.forEach(shard -> dropped.addShards(shard.number()));
            return BrokerMessage.newBuilder().setTopicDropped(dropped).build();
        }
    }

    private final class Context implements ClusterContext {
        private final ControlPlane controlPlane;
        private final ProducerIds producerIds;

        private Context(ControlPlane controlPlane, ProducerIds producerIds) {
            this.controlPlane = controlPlane;
            this.producerIds = producerIds;
        }

        @Override
        public String clusterId() {
            return attached.getClusterId();
        }

        @Override
        public int nodeId() {
            return registration.getNodeId();
        }

        @Override
        public ClusterImage image() {
            return served.image();
        }

        @Override
        public Optional<ClusterLog> log() {
            return served.log();
        }

        @Override
        public ControlPlane controlPlane() {
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

        @Override
        public Subscription onProgress(ProgressListener listener) {
            return served.listen(listener);
        }
    }
}
