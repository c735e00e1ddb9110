// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.broker.control.AdminCalls;
import io.penstock.broker.control.ControlSession;
import io.penstock.broker.control.SessionEvents;
import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.purge.PrefixPurge;
import io.penstock.broker.quotas.TenantBudgets;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.DrainRequest;
import io.penstock.brokerapi.v1.Heartbeat;
import io.penstock.brokerapi.v1.PrefixPurged;
import io.penstock.brokerapi.v1.PurgePrefix;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.log.LogRuntime;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One broker: a session with the control plane, a door for Kafka clients, and any number of clusters. The composition
/// root below the process.
public final class Broker implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Broker.class);

    private final BrokerSettings settings;
    private final LogRuntime runtime;
    private final BucketStores stores;
    private final MeterRegistry registry;
    private final Executor workers;
    private final Executor actor;
    private final ControlSession session;
    private final AdminCalls adminCalls;
    private final NetworkServer network;
    private final SharedPort sharedPort;
    private final TenantBudgets budgets;
    private final Map<String, AttachedCluster> clusters = new ConcurrentHashMap<>();
    private final Map<String, PrefixPurge> purges = new HashMap<>(); // on the actor only
    /// Clusters that another control plane claimed, and up to which entry that was seen.
    private final Map<String, Integer> claimedAway = new HashMap<>();
    private final CompletableFuture<String> finished = new CompletableFuture<>();
    private @Nullable RegisterResponse registration;
    private boolean draining;
    private boolean connected;
    private boolean closed;

    /// @param workers threads that may compute: where requests are parsed and validated
    public Broker(
            BrokerSettings settings,
            LogRuntime runtime,
            Executor workers,
            BucketStores stores,
            MeterRegistry registry) {
        this.settings = settings;
        this.runtime = runtime;
        this.workers = workers;
        this.stores = stores;
        this.registry = registry;
        this.actor = runtime.newActor("broker");
        this.network = new NetworkServer(settings.network(), runtime, workers, registry);
        this.budgets = new TenantBudgets(registry);
        this.sharedPort = new SharedPort(settings.tls(), network);
        this.session = new ControlSession(
                settings.controlPlane(),
                settings.identity(),
                settings.joining(),
                runtime,
                actor,
                new FromControlPlane());
        this.adminCalls = new AdminCalls(session);
    }

    public void start() {
        session.start();
    }

    /// Completes, with the reason, when this broker has nothing more to do: drained, retired or refused.
    public CompletableFuture<String> finished() {
        return finished;
    }

    /// Asks the control plane to give all shards to others, and finishes when they are handed off, or when patience is
    /// over.
    public void drain() {
        actor.execute(() -> {
            if (draining) {
                return;
            }
            draining = true;
            if (!connected || clusters.isEmpty()) {
                // Nobody could give our shards to others. What is acknowledged is in the bucket.
                finished.complete("stopped");
                return;
            }
            log.info("draining clusters={}", clusters.size());
            session.send(BrokerMessage.newBuilder()
                    .setDrainRequest(DrainRequest.getDefaultInstance())
                    .build());
            runtime.schedule(settings.drainPatience(), actor, () -> finished.complete("stopped before it was drained"));
        });
    }

    @Override
    public void close() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        actor.execute(() -> {
            closed = true;
            clusters.values().forEach(AttachedCluster::close);
            clusters.clear();
            purges.values().forEach(PrefixPurge::stop);
            session.close();
            done.complete(null);
        });
        done.join();
        network.close();
    }

    private void heartbeat() {
        if (closed) {
            return;
        }
        RegisterResponse known = registration;
        Duration interval = Duration.ofMillis(
                known == null || known.getHeartbeatIntervalMs() <= 0 ? 500 : known.getHeartbeatIntervalMs());
        Heartbeat.Builder heartbeat = Heartbeat.newBuilder().setDraining(draining);
        for (AttachedCluster cluster : clusters.values()) {
            cluster.report().ifPresent(heartbeat::addClusters);
            heartbeat.addStores(cluster.storeReport());
        }
        session.send(BrokerMessage.newBuilder().setHeartbeat(heartbeat).build());
        runtime.schedule(interval, actor, this::heartbeat);
    }

    private void attach(ClusterAttached attached) {
        RegisterResponse known = registration;
        if (known == null) {
            return;
        }
        String clusterId = attached.getClusterId();
        if (attached.getStoredEntry() < claimedAway.getOrDefault(clusterId, 0)) {
            // Ours does not know it yet. If it claims the cluster back, it knows of more entries than we saw.
            log.warn("cluster={} was claimed by another control plane and is not served again", clusterId);
            return;
        }
        AttachedCluster present = clusters.get(clusterId);
        if (present != null) {
            stores.of(attached); // its keys may have changed
            present.storedUpTo(attached.getStoredEntry());
            return;
        }
        try {
            AttachedCluster fresh = new AttachedCluster(
                    attached,
                    known,
                    stores.of(attached),
                    settings.following(),
                    runtime,
                    workers,
                    network,
                    sharedPort,
                    session,
                    adminCalls,
                    registry,
                    budgets,
                    entry -> actor.execute(() -> claimedAway(clusterId, entry)));
            clusters.put(clusterId, fresh);
            fresh.start();
        } catch (RuntimeException failure) {
            // The control plane sees that no incarnation comes; the next attach tries again.
            log.error("cluster={} cannot be served here", clusterId, failure);
        }
    }

    /// A duty that may be told again while it is under way.
    private void purge(PurgePrefix duty) {
        String clusterId = duty.getClusterId();
        if (clusters.containsKey(clusterId) || purges.containsKey(clusterId)) {
            return;
        }
        ObjectStore store;
        try {
            store = stores.of(ClusterAttached.newBuilder()
                    .setClusterId(clusterId)
                    .setBucketId(duty.getBucketId())
                    .setBucketUri(duty.getBucketUri())
                    .setAccessKeyId(duty.getAccessKeyId())
                    .setSecretAccessKey(duty.getSecretAccessKey())
                    .setSessionToken(duty.getSessionToken())
                    .build());
        } catch (RuntimeException failure) {
            log.error("cluster={} cannot be purged from here", clusterId, failure);
            return;
        }
        PrefixPurge purge = new PrefixPurge(clusterId, new ClusterPrefix(duty.getPrefix()), store, runtime);
        purges.put(clusterId, purge);
        log.info("cluster={} was deleted; removing what is left of it below {}", clusterId, duty.getPrefix());
        purge.start().thenAcceptAsync(outcome -> purged(clusterId, outcome), actor);
    }

    private void purged(String clusterId, PrefixPurge.Outcome outcome) {
        purges.remove(clusterId);
        switch (outcome) {
            case PrefixPurge.Outcome.Purged(long objects) -> {
                log.info("cluster={} is purged objects={}", clusterId, objects);
                session.send(BrokerMessage.newBuilder()
                        .setPrefixPurged(PrefixPurged.newBuilder()
                                .setClusterId(clusterId)
                                .setObjects(objects))
                        .build());
            }
            case PrefixPurge.Outcome.NotOurs(String found) ->
                log.error("cluster={} is not purged: its prefix belongs to {}", clusterId, found);
        }
    }

    private void claimedAway(String clusterId, int entry) {
        claimedAway.put(clusterId, entry);
        detach(clusterId);
    }

    private void detach(String clusterId) {
        AttachedCluster present = clusters.remove(clusterId);
        if (present != null) {
            present.close();
        }
    }

    private final class FromControlPlane implements SessionEvents {
        @Override
        public void registered(RegisterResponse registered) {
            boolean first = registration == null;
            registration = registered;
            log.info(
                    "registered broker={} node={} brokerEpoch={}",
                    registered.getBrokerId(),
                    registered.getNodeId(),
                    registered.getBrokerEpoch());
            if (first) {
                heartbeat();
            }
        }

        @Override
        public void connected() {
            connected = true;
            clusters.values().forEach(AttachedCluster::streamRestored);
            if (draining) {
                session.send(BrokerMessage.newBuilder()
                        .setDrainRequest(DrainRequest.getDefaultInstance())
                        .build());
            }
        }

        @Override
        public void received(ControlMessage message) {
            switch (message.getBodyCase()) {
                case CLUSTER_ATTACHED -> attach(message.getClusterAttached());
                case CLUSTER_DETACHED -> detach(message.getClusterDetached().getClusterId());
                case ENTRY_STORED -> {
                    AttachedCluster cluster =
                            clusters.get(message.getEntryStored().getClusterId());
                    if (cluster != null) {
                        cluster.entryStored(message.getEntryStored());
                    }
                }
                case HAND_OFF_DONE -> {
                    AttachedCluster cluster =
                            clusters.get(message.getHandOffDone().getClusterId());
                    if (cluster != null) {
                        cluster.handOffDone(message.getHandOffDone());
                    }
                }
                case PURGE_PREFIX -> purge(message.getPurgePrefix());
                case DRAIN_COMPLETE -> finished.complete("drained");
                case RETIRE ->
                    finished.complete("retired: " + message.getRetire().getReason());
                case BODY_NOT_SET -> log.warn("a message of a newer control plane was not understood");
            }
        }

        @Override
        public void disconnected() {
            connected = false;
            clusters.values().forEach(AttachedCluster::streamBroken);
            if (draining) {
                finished.complete("stopped: the control plane went away while draining");
            }
        }

        @Override
        public void refused(String why) {
            finished.complete("refused by the control plane: " + why);
        }
    }
}
