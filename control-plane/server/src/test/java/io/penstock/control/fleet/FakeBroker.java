// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.penstock.brokerapi.v1.BrokerControlGrpc;
import io.penstock.brokerapi.v1.BrokerMessage;
import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.ControlMessage;
import io.penstock.brokerapi.v1.DrainRequest;
import io.penstock.brokerapi.v1.EntryApplied;
import io.penstock.brokerapi.v1.EntryStored;
import io.penstock.brokerapi.v1.HandOffDone;
import io.penstock.brokerapi.v1.Heartbeat;
import io.penstock.brokerapi.v1.Hello;
import io.penstock.brokerapi.v1.IncarnationReady;
import io.penstock.brokerapi.v1.PrefixPurged;
import io.penstock.brokerapi.v1.PurgePrefix;
import io.penstock.brokerapi.v1.RegisterRequest;
import io.penstock.brokerapi.v1.RegisterResponse;
import io.penstock.brokerapi.v1.StoreReport;
import io.penstock.brokerapi.v1.StoreState;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.metadata.ShardTable;
import io.penstock.metadata.ShardTable.Tenure;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A broker process without a log: it registers, follows metalogs, draws incarnations and hands off, as the real
/// one does.
final class FakeBroker {
    private final int port;
    private final ObjectStore store;
    private final Random random;
    private final String joinToken;
    private final String fleetId;
    private final String processToken;
    private final Map<String, Tenure0> clusters = new HashMap<>();
    final List<HandOffDone> handOffsHeardOf = new CopyOnWriteArrayList<>();
    final List<PurgePrefix> purged = new CopyOnWriteArrayList<>();
    final List<Integer> pushed = new CopyOnWriteArrayList<>();
    private final List<ControlMessage> whileFrozen = new ArrayList<>();
    private @Nullable ManagedChannel channel;
    private @Nullable StreamObserver<BrokerMessage> out;
    private @Nullable RegisterResponse me;
    volatile StoreState storeState = StoreState.STORE_HEALTHY;
    private boolean alive = true;
    private boolean frozen;
    private boolean cutOff;
    private boolean toldToRetire;
    private boolean toldThatDrained;

    /// Its tenure in one cluster.
    private static final class Tenure0 {
        private ClusterAttached attached;
        private Incarnation incarnation;
        private ClusterImage image = ClusterImage.EMPTY;

        Tenure0(ClusterAttached attached, Incarnation incarnation) {
            this.attached = attached;
            this.incarnation = incarnation;
        }
    }

    FakeBroker(int port, ObjectStore store, String fleetId, String joinToken, Random random) {
        this.port = port;
        this.store = store;
        this.fleetId = fleetId;
        this.joinToken = joinToken;
        this.random = random;
        this.processToken = Long.toHexString(random.nextLong());
    }

    /// Dials the control plane, and registers if it has not yet.
    synchronized void connect(int toPort) {
        if (!alive || frozen || out != null) {
            return;
        }
        ManagedChannel dialled = NettyChannelBuilder.forAddress("127.0.0.1", toPort)
                .usePlaintext()
                .build();
        channel = dialled;
        RegisterResponse registered = BrokerControlGrpc.newBlockingStub(dialled)
                .register(RegisterRequest.newBuilder()
                        .setFleetId(fleetId)
                        .setJoinToken(joinToken)
                        .setProcessToken(processToken)
                        .setVersion("test")
                        .build());
        me = registered;
        var headers = new Metadata();
        headers.put(
                Metadata.Key.of("penstock-session", Metadata.ASCII_STRING_MARSHALLER), registered.getSessionToken());
        out = BrokerControlGrpc.newStub(dialled)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                .session(new StreamObserver<>() {
                    @Override
                    public void onNext(ControlMessage message) {
                        told(message);
                    }

                    @Override
                    public void onError(Throwable cause) {
                        lost(dialled);
                    }

                    @Override
                    public void onCompleted() {
                        lost(dialled);
                    }
                });
        send(BrokerMessage.newBuilder()
                .setHello(Hello.newBuilder()
                        .setBrokerId(registered.getBrokerId())
                        .setBrokerEpoch(registered.getBrokerEpoch())));
    }

    void connect() {
        connect(port);
    }

    private synchronized void lost(ManagedChannel which) {
        if (which.equals(channel)) {
            out = null;
            which.shutdownNow();
        }
    }

    synchronized boolean isConnected() {
        return out != null;
    }

    private void send(BrokerMessage.Builder message) {
        if (out != null && alive && !frozen) {
            out.onNext(message.build());
        }
    }

    private synchronized void told(ControlMessage message) {
        if (!alive) {
            return;
        }
        if (frozen) {
            whileFrozen.add(message);
            return;
        }
        switch (message.getBodyCase()) {
            case CLUSTER_ATTACHED -> attached(message.getClusterAttached());
            case ENTRY_STORED -> stored(message.getEntryStored());
            case HAND_OFF_DONE -> handOffsHeardOf.add(message.getHandOffDone());
            case DRAIN_COMPLETE -> toldThatDrained = true;
            case RETIRE -> toldToRetire = true;
            case CLUSTER_DETACHED ->
                clusters.remove(message.getClusterDetached().getClusterId());
            case PURGE_PREFIX -> {
                purged.add(message.getPurgePrefix());
                send(BrokerMessage.newBuilder()
                        .setPrefixPurged(PrefixPurged.newBuilder()
                                .setClusterId(message.getPurgePrefix().getClusterId())
                                .setObjects(7)));
            }
            case BODY_NOT_SET -> throw new AssertionError("an empty message");
        }
    }

    private void attached(ClusterAttached cluster) {
        Tenure0 tenure =
                clusters.computeIfAbsent(cluster.getClusterId(), c -> new Tenure0(cluster, Incarnation.random(random)));
        tenure.attached = cluster;
        readUpTo(tenure, cluster.getStoredEntry());
        ready(tenure);
    }

    private void ready(Tenure0 tenure) {
        send(BrokerMessage.newBuilder()
                .setIncarnationReady(IncarnationReady.newBuilder()
                        .setClusterId(tenure.attached.getClusterId())
                        .setIncarnation(tenure.incarnation.toString())
                        .setHost(tenure.attached.getListener().getAdvertisedHost())
                        .setPort(tenure.attached.getListener().getAdvertisedPort())));
    }

    private void stored(EntryStored entry) {
        Tenure0 tenure = clusters.get(entry.getClusterId());
        pushed.add(entry.getNumber());
        if (tenure != null) {
            readUpTo(tenure, entry.getNumber() - 1);
            apply(tenure, EncodedEntry.of(entry.getNumber(), entry.getEntry().asReadOnlyByteBuffer()));
        }
    }

    private void readUpTo(Tenure0 tenure, int number) {
        var keys = new MetaKeys(new ClusterPrefix(tenure.attached.getPrefix()));
        while (tenure.image.number() < number) {
            int next = tenure.image.number() + 1;
            if (!(store.get(keys.entry(next)).join() instanceof GetOutcome.Found found)) {
                throw new AssertionError("told of entry " + number + ", but " + next + " is not stored");
            }
            apply(tenure, EncodedEntry.of(next, found.bytes()));
        }
    }

    private void apply(Tenure0 tenure, EncodedEntry entry) {
        if (entry.number() != tenure.image.number() + 1) {
            return;
        }
        ImageChange change;
        try {
            change = tenure.image.apply(entry);
        } catch (MetadataFormatException e) {
            throw new AssertionError(e);
        }
        tenure.image = change.after();
        String clusterId = tenure.attached.getClusterId();
        send(BrokerMessage.newBuilder()
                .setEntryApplied(
                        EntryApplied.newBuilder().setClusterId(clusterId).setNumber(entry.number())));
        if (change.retired().contains(tenure.incarnation)) {
            tenure.incarnation = Incarnation.random(random);
            ready(tenure);
            return;
        }
        for (ShardId shard : change.shardsAssigned()) {
            Optional<Tenure> before = change.before().shards().current(shard);
            if (before.isPresent() && before.get().incarnation().equals(tenure.incarnation)) {
                send(BrokerMessage.newBuilder()
                        .setHandOffDone(HandOffDone.newBuilder()
                                .setClusterId(clusterId)
                                .setShard(shard.number())
                                .setEpoch(before.get().epoch().number())
                                .setIncarnation(tenure.incarnation.toString())
                                .setSlot(7)));
            }
        }
    }

    synchronized void heartbeat() {
        var heartbeat = Heartbeat.newBuilder();
        clusters.forEach((clusterId, tenure) -> heartbeat.addClusters(ClusterReport.newBuilder()
                .setClusterId(clusterId)
                .setIncarnation(tenure.incarnation.toString())
                .setAppliedEntry(tenure.image.number())));
        clusters.keySet()
                .forEach(clusterId -> heartbeat.addStores(
                        StoreReport.newBuilder().setClusterId(clusterId).setState(storeState)));
        send(BrokerMessage.newBuilder().setHeartbeat(heartbeat));
    }

    synchronized void sigterm() {
        send(BrokerMessage.newBuilder().setDrainRequest(DrainRequest.getDefaultInstance()));
    }

    /// As `kill -9`: the kernel closes its connections.
    synchronized void die() {
        alive = false;
        if (channel != null) {
            channel.shutdownNow();
        }
        out = null;
    }

    synchronized boolean isCutOff() {
        return cutOff || frozen;
    }

    /// Dialling failed.
    synchronized void notConnected() {
        out = null;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /// The connection breaks; the process lives and does not dial again.
    synchronized void cutOff() {
        cutOff = true;
        out = null;
        if (channel != null) {
            channel.shutdownNow();
        }
    }

    /// As SIGSTOP: connections stand, nothing is read or said.
    synchronized void freeze() {
        frozen = true;
    }

    synchronized void thaw() {
        frozen = false;
        List.copyOf(whileFrozen).forEach(this::told);
        whileFrozen.clear();
    }

    synchronized void close() throws InterruptedException {
        die();
        if (channel != null) {
            channel.awaitTermination(2, TimeUnit.SECONDS);
        }
    }

    synchronized boolean isAlive() {
        return alive;
    }

    synchronized boolean isToldToRetire() {
        return toldToRetire;
    }

    synchronized boolean isToldThatDrained() {
        return toldThatDrained;
    }

    String fleetId() {
        return fleetId;
    }

    synchronized int nodeId() {
        return me == null ? -1 : me.getNodeId();
    }

    synchronized boolean serves(String clusterId) {
        return clusters.containsKey(clusterId);
    }

    synchronized String sessionToken() {
        return me == null ? "" : me.getSessionToken();
    }

    synchronized String brokerId() {
        return me == null ? "" : me.getBrokerId();
    }

    synchronized Incarnation incarnation(String clusterId) {
        return tenure(clusterId).incarnation;
    }

    synchronized int listenerPort(String clusterId) {
        return tenure(clusterId).attached.getListener().getPort();
    }

    synchronized String accessKeyId(String clusterId) {
        return tenure(clusterId).attached.getAccessKeyId();
    }

    synchronized int applied(String clusterId) {
        return tenure(clusterId).image.number();
    }

    synchronized ShardTable shardsOf(String clusterId) {
        return tenure(clusterId).image.shards();
    }

    private Tenure0 tenure(String clusterId) {
        Tenure0 tenure = clusters.get(clusterId);
        if (tenure == null) {
            throw new AssertionError("node " + nodeId() + " was never told of cluster " + clusterId);
        }
        return tenure;
    }

    synchronized List<ShardId> led(String clusterId) {
        Tenure0 tenure = clusters.get(clusterId);
        return tenure == null ? List.of() : tenure.image.shards().ledBy(tenure.incarnation);
    }
}
