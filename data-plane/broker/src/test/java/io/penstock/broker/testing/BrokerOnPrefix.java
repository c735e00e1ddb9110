// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.broker.authentication.ClusterIdentities;
import io.penstock.broker.authentication.ListenerPolicy;
import io.penstock.broker.authentication.TrustedIssuer;
import io.penstock.broker.authorization.AccessControl;
import io.penstock.broker.cluster.ServedCluster;
import io.penstock.broker.coordinator.GroupHandlers;
import io.penstock.broker.coordinator.GroupHome;
import io.penstock.broker.leadership.TenureReports;
import io.penstock.broker.network.Door;
import io.penstock.broker.network.NetworkServer;
import io.penstock.broker.network.NetworkSettings;
import io.penstock.broker.producerids.ProducerIds;
import io.penstock.broker.quotas.ClusterQuotas;
import io.penstock.broker.quotas.TenantBudgets;
import io.penstock.broker.request.ClusterContext;
import io.penstock.broker.request.ControlPlane;
import io.penstock.broker.request.PeerBrokers;
import io.penstock.broker.request.ProgressListener;
import io.penstock.broker.request.RequestHandler;
import io.penstock.broker.request.RequestRouter;
import io.penstock.broker.request.StandardHandlers;
import io.penstock.broker.request.TopicAutoCreation;
import io.penstock.broker.request.TransactionGate;
import io.penstock.broker.telemetry.ClientMeters;
import io.penstock.broker.transactions.TransactionEnlistment;
import io.penstock.broker.transactions.TransactionHandlers;
import io.penstock.broker.transactions.TransactionHome;
import io.penstock.broker.transactions.TransactionSettings;
import io.penstock.kafka.peers.PeerClient;
import io.penstock.kafka.telemetry.ClientTelemetry;
import io.penstock.log.ClusterLog;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogSettings;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.MetalogWrite;
import io.penstock.metadata.RetrySettings;
import io.penstock.metadata.WriteOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.security.auth.KafkaPrincipal;

/// One broker on a prefix that others wrote: it follows the metalog that is there, and is given all shards by one more
/// entry, which retires everybody who led before. Kafka clients reach it over a socket.
public final class BrokerOnPrefix implements AutoCloseable {
    private static final int NODE = 0;

    private final TestRuntime runtime = new TestRuntime();
    private final ClusterPrefix prefix;
    private final ObjectStore store;
    private final ServedCluster served;
    private final Context context = new Context();
    private final ProducerIds producerIds;
    private final PeerClient peers = new PeerClient("adopted", Map.of());
    private final GroupHome groups;
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final ClusterQuotas quotas =
            new ClusterQuotas("kc_adopted", "tn_adopted", NODE, new TenantBudgets(registry), registry);
    private final ClientTelemetry telemetry = new ClientTelemetry(new ClientMeters(registry, "kc_adopted"));
    private final AccessControl access = new AccessControl(Set.of(KafkaPrincipal.ANONYMOUS));
    private final TransactionHome transactions;
    private final NetworkServer server;
    private final InetSocketAddress address;

    /// Returns when it leads every shard on paper; clients retry until it serves.
    public BrokerOnPrefix(ObjectStore store, ClusterPrefix prefix) {
        this.store = store;
        this.prefix = prefix;
        CompletableFuture<Incarnation> ready = new CompletableFuture<>();
        served = new ServedCluster(
                "kc_adopted",
                prefix,
                store,
                FollowerSettings.defaults(),
                runtime,
                (incarnation, listener) -> new ClusterLog(
                        store, prefix, incarnation, LogSettings.defaults(LatencyProfile.FAST), runtime, listener),
                new Reports(ready));
        served.listen(new ProgressListener() {
            @Override
            public void imageChanged(ImageChange change) {
                access.imageChanged(change);
                quotas.imageChanged(change.after());
            }
        });
        producerIds = new ProducerIds(store, new LogKeys(prefix), NODE, runtime);
        TopicAutoCreation autoCreation = new TopicAutoCreation(context);
        PeerBrokers brokers = (broker, request) -> peers.ask(broker.host(), broker.port(), request);
        TransactionGate gate = new TransactionEnlistment(context, brokers);
        groups = new GroupHome(context, autoCreation, gate, runtime);
        transactions = new TransactionHome(context, autoCreation, runtime, brokers, TransactionSettings.defaults());
        List<RequestHandler> handlers =
                new ArrayList<>(StandardHandlers.of(context, autoCreation, gate, runtime, runtime.workers()));
        handlers.addAll(GroupHandlers.of(groups));
        handlers.addAll(TransactionHandlers.of(transactions, groups));
        server = new NetworkServer(NetworkSettings.defaults(), runtime, runtime.workers(), new SimpleMeterRegistry());
        address = server.bind(
                        new Door(
                                new RequestRouter(context, handlers),
                                ListenerPolicy.open(new ClusterIdentities(
                                        served::image,
                                        Optional.empty(),
                                        new TrustedIssuer(runtime, runtime.workers()),
                                        runtime::wallMillis))),
                        "127.0.0.1",
                        0)
                .join()
                .address();
        served.start();
        leadEverything(ready.join());
    }

    private void leadEverything(Incarnation heir) {
        ClusterImage image = served.image();
        List<MetalogRecord> records = new ArrayList<>();
        records.add(MetalogRecords.announce(
                new Endpoint(NODE, address.getHostString(), address.getPort(), Optional.empty(), heir, NODE)));
        Map<ShardId, Incarnation> assignments = new TreeMap<>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            assignments.put(new ShardId(shard), heir);
        }
        records.addAll(MetalogRecords.assignShards(assignments));
        image.shards().incarnations().forEach((incarnation, announced) -> {
            if (!announced.retired()) {
                records.add(MetalogRecords.retire(incarnation));
            }
        });
        EncodedEntry entry =
                MetalogCodec.encode(image.next(image.owner().orElseThrow(), 1, runtime.wallMillis(), records));
        WriteOutcome outcome = new MetalogWrite(
                        store,
                        new MetaKeys(prefix),
                        RetrySettings.defaults(),
                        (delay, executor, task) -> runtime.schedule(delay, executor, task),
                        runtime.newActor("metalog"))
                .write(entry)
                .join();
        if (!(outcome instanceof WriteOutcome.Stored)) {
            throw new IllegalStateException("entry " + entry.number() + ": " + outcome);
        }
        served.entryPushed(entry);
    }

    public ClusterImage image() {
        return served.image();
    }

    public String bootstrapServers() {
        return address.getHostString() + ":" + address.getPort();
    }

    @Override
    public void close() {
        server.close();
        groups.close();
        transactions.close();
        peers.close();
        served.close();
        access.close();
        quotas.close();
        telemetry.close();
        runtime.close();
    }

    private record Reports(CompletableFuture<Incarnation> ready) implements TenureReports {
        @Override
        public void incarnationReady(Incarnation incarnation) {
            ready.complete(incarnation);
        }

        @Override
        public void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where) {}

        @Override
        public void checkpointReached(ShardId shard, LeaderEpoch below) {}

        @Override
        public void topicDropped(Uuid topicId, Set<ShardId> shards) {}
    }

    private final class Context implements ClusterContext {
        private final MemoryControlPlane controlPlane = new MemoryControlPlane(this::image, records -> {
            throw new IllegalStateException("nothing is changed here: " + records);
        });

        @Override
        public String clusterId() {
            return served.clusterId();
        }

        @Override
        public int nodeId() {
            return NODE;
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
        public ClientTelemetry telemetry() {
            return telemetry;
        }

        @Override
        public ClusterQuotas quotas() {
            return quotas;
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
