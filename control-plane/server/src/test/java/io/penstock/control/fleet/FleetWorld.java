// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.brokerapi.v1.AdminReply;
import io.penstock.brokerapi.v1.AlterConfigsCall;
import io.penstock.brokerapi.v1.CreatePartitionsCall;
import io.penstock.brokerapi.v1.CreateTopicsCall;
import io.penstock.brokerapi.v1.DeleteTopicsCall;
import io.penstock.brokerapi.v1.ForwardCall;
import io.penstock.brokerapi.v1.ForwardReply;
import io.penstock.control.failover.DetectorSettings;
import io.penstock.control.failover.FailoverService;
import io.penstock.control.metalog.ControlPlaneWorld;
import io.penstock.control.metalog.MetalogService;
import io.penstock.control.placement.BrokerLoads;
import io.penstock.control.placement.PlacementService;
import io.penstock.control.placement.PlacementSettings;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.transaction.support.TransactionOperations;

/// A whole control plane but for HTTP, on a real database, and a fleet of brokers without logs that call it over
/// gRPC.
final class FleetWorld implements AutoCloseable {
    /// What brokers are told of every bucket.
    volatile String accessKeyId = "first";

    static final String FLEET = "flt_1";

    /// Brokers without logs are never slow to start.
    private static final DetectorSettings DETECTOR = new DetectorSettings(
            Duration.ofMillis(200),
            Duration.ofMillis(2500),
            Duration.ZERO,
            Duration.ofMillis(2500),
            Duration.ofMillis(100),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofMillis(1500),
            Duration.ofSeconds(45),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1));

    final ControlPlaneWorld world = new ControlPlaneWorld();
    final FakeProvisioner provisioner = new FakeProvisioner();
    private final AtomicInteger ids = new AtomicInteger();
    private final Random random = new Random(99);
    private FleetSettings fleetSettings = FleetSettings.defaults();
    private PlacementSettings placementSettings = new PlacementSettings(
            Duration.ofMillis(200), 4, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(30), 1 << 20);
    private final ScheduledExecutorService hearts = Executors.newSingleThreadScheduledExecutor();
    private Life process = new Life();

    FleetWorld() {
        world.jdbc.sql("truncate fleets cascade").update();
        hearts.scheduleWithFixedDelay(this::beat, 100, 100, TimeUnit.MILLISECONDS);
    }

    /// Heartbeats, and dialling again, as real brokers do.
    private void beat() {
        for (FakeBroker broker : provisioner.brokers()) {
            try {
                broker.heartbeat();
                if (!broker.isConnected() && !broker.isCutOff()) {
                    broker.connect(provisioner.port());
                }
            } catch (RuntimeException e) {
                // The control plane is away: tried again at the next beat.
                broker.notConnected();
            }
        }
    }

    FleetWorld withFleetOf(int brokers) {
        world.jdbc
                .sql("insert into fleets (id, name, deletion_protection, desired_brokers, created_by, created_at,"
                        + " updated_at, version) values (?, 'f', false, ?, 't', now(), now(), 0)")
                .params(FLEET, brokers)
                .update();
        process.start();
        return this;
    }

    FleetWorld patience(Duration zombie, Duration wake) {
        fleetSettings = new FleetSettings(
                Duration.ofMillis(100),
                Duration.ofSeconds(2),
                zombie,
                wake,
                Duration.ofSeconds(20),
                Duration.ofSeconds(20),
                Duration.ZERO,
                "127.0.0.1");
        process = new Life();
        return this;
    }

    void scaleTo(int brokers) {
        world.jdbc.sql("update fleets set desired_brokers = ?").param(brokers).update();
    }

    CompletableFuture<Void> withCluster(String clusterId, int index) {
        process.metalog.createCluster(clusterId, "tn_1", "bkt_1", ClusterSettings.defaults("orders"));
        return process.clusters.attach(new ClusterAttachment(
                clusterId,
                "tn_1",
                FLEET,
                "bkt_1",
                ClusterPrefix.of("tn_1", clusterId),
                "orders",
                "balanced",
                19092 + 100 * index,
                true));
    }

    /// As `kill -9` of the control plane, and a new one on the same database.
    void restartControlPlane() {
        stopControlPlane();
        startControlPlane();
    }

    void stopControlPlane() {
        process.close();
    }

    void startControlPlane() {
        process = new Life();
        process.start();
    }

    MetalogService metalog() {
        return process.metalog;
    }

    BrokerRegistry registry() {
        return process.registry;
    }

    SimpleMeterRegistry meters() {
        return process.meters;
    }

    ClusterImage image(String clusterId) {
        return process.metalog.image(clusterId);
    }

    /// Shards by the broker that leads them, as the image says.
    Map<Incarnation, Integer> ledBy(String clusterId) {
        ClusterImage image = image(clusterId);
        var led = new HashMap<Incarnation, Integer>();
        for (int shard = 0; shard < image.shards().count(); shard++) {
            image.shards().current(new ShardId(shard)).ifPresent(t -> led.merge(t.incarnation(), 1, Integer::sum));
        }
        return led;
    }

    Map<String, Integer> phases() {
        var phases = new TreeMap<String, Integer>();
        world.jdbc.sql("select phase, count(*) from brokers group by phase").query(row -> {
            phases.put(row.getString(1), row.getInt(2));
        });
        return phases;
    }

    Collection<FakeBroker> brokers() {
        return provisioner.brokers();
    }

    FakeBroker node(int nodeId) {
        return brokers().stream()
                .filter(broker -> broker.nodeId() == nodeId)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no living broker has node id " + nodeId));
    }

    @Override
    public void close() {
        hearts.shutdownNow();
        process.close();
        provisioner.all().forEach(FakeBroker::die);
        world.close();
    }

    /// One life of the control plane.
    private final class Life implements AutoCloseable {
        private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        private final ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(2);
        private final Clock clock = Clock.systemUTC();
        private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
        private final Brokers rows =
                new Brokers(world.jdbc, TransactionOperations.withoutTransaction(), BrokerJournal.NONE);
        private final MetalogService metalog;
        private final BrokerRegistry registry;
        private final FleetReconciler reconciler;
        private final ClusterAttaching clusters;
        private final PlacementService placement;
        private final FailoverService failover;
        private java.util.Optional<BrokerGateway> gateway = java.util.Optional.empty();

        Life() {
            registry = new BrokerRegistry(
                    rows,
                    new Attachments(world.jdbc),
                    bucket -> new BucketAccess("file:/" + bucket, accessKeyId, "secret", ""),
                    this::storedEntry,
                    this::controlPlane,
                    event -> dispatch((FleetEvent) event),
                    fleetSettings,
                    TlsNames.NONE,
                    clock);
            clusters = new ClusterAttaching(registry, this::image);
            world.audience((cluster, entry) -> {
                clusters.stored(cluster);
                return registry.stored(cluster, entry);
            });
            metalog = world.process();
            reconciler = new FleetReconciler(
                    registry,
                    rows,
                    (workflow, broker, step) -> {},
                    this::desired,
                    provisioner,
                    () -> "brk_" + ids.incrementAndGet() + "_" + Long.toHexString(random.nextLong()),
                    fleetSettings,
                    clock,
                    random);
            var loads = new BrokerLoads(world.database);
            placement =
                    new PlacementService(metalog, registry, loads, placementSettings, clock, System::nanoTime, threads);
            failover = new FailoverService(
                    metalog,
                    registry,
                    reconciler::liveness,
                    loads,
                    DETECTOR,
                    System::nanoTime,
                    this::later,
                    threads,
                    meters);
        }

        private ClusterImage image(String clusterId) {
            return metalog.image(clusterId);
        }

        private int storedEntry(String clusterId) {
            return metalog.storedEntry(clusterId);
        }

        private UUID controlPlane() {
            return metalog.controlPlane();
        }

        private Map<String, FleetWish> desired() {
            var desired = new HashMap<String, FleetWish>();
            world.jdbc.sql("select id, desired_brokers from fleets").query(row -> {
                desired.put(row.getString(1), new FleetWish(row.getInt(2), List.of(), Provisioning.MANAGED));
            });
            return desired;
        }

        void start() {
            registry.load();
            metalog.resume();
            failover.awaitBrokers();
            var service = new BrokerControlService(
                    registry, new ClusterFacts(metalog), new NoAdmin(), java.util.Optional.empty());
            var opened = new BrokerGateway("127.0.0.1", 0, java.util.Optional.empty(), service, letIn(), threads);
            gateway = java.util.Optional.of(opened);
            provisioner.serve(opened.port(), world.store);
            reconciler.adopt();
            every(50, failover::look);
            every(200, reconciler::reconcile);
            every(300, failover::sweep);
            every(300, placement::sweep);
            every(300, () -> metalog.compare(registry.applied()));
        }

        private ServerInterceptor letIn() {
            return new ServerInterceptor() {
                @Override
                public <Q, A> ServerCall.Listener<Q> interceptCall(
                        ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
                    return next.startCall(call, headers);
                }
            };
        }

        private void every(long millis, Runnable work) {
            clockwork.scheduleWithFixedDelay(
                    () -> {
                        try {
                            work.run();
                        } catch (RuntimeException e) {
                            if (!clockwork.isShutdown()) {
                                throw e;
                            }
                        }
                    },
                    millis,
                    millis,
                    TimeUnit.MILLISECONDS);
        }

        private void dispatch(FleetEvent event) {
            placement.on(event);
            failover.on(event);
            if (event instanceof FleetEvent.PhaseChanged change) {
                reconciler.onPhaseChanged(change);
                threads.execute(reconciler::reconcile);
            }
        }

        private void later(Duration delay, Executor actor, Runnable task) {
            clockwork.schedule(() -> actor.execute(task), delay.toMillis(), TimeUnit.MILLISECONDS);
        }

        /// As a crash: streams break, and nothing is finished.
        @Override
        public void close() {
            gateway.ifPresent(BrokerGateway::close);
            clockwork.shutdownNow();
            threads.shutdownNow();
            metalog.close();
        }
    }

    private static final class NoAdmin implements AdminCalls {
        @Override
        public AdminReply createTopics(CreateTopicsCall call) {
            return AdminReply.getDefaultInstance();
        }

        @Override
        public AdminReply createPartitions(CreatePartitionsCall call) {
            return AdminReply.getDefaultInstance();
        }

        @Override
        public AdminReply deleteTopics(DeleteTopicsCall call) {
            return AdminReply.getDefaultInstance();
        }

        @Override
        public AdminReply alterConfigs(AlterConfigsCall call) {
            return AdminReply.getDefaultInstance();
        }

        @Override
        public ForwardReply forward(ForwardCall call) {
            return ForwardReply.getDefaultInstance();
        }
    }

    static List<Integer> sorted(Collection<Integer> counts) {
        return counts.stream().sorted().toList();
    }
}
