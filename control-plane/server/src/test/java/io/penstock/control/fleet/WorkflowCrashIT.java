// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.api.Operation;
import io.penstock.api.Operation.State;
import io.penstock.api.Phase;
import io.penstock.control.ControlPlaneApplication;
import io.penstock.control.TestDatabase;
import io.penstock.control.access.Caller;
import io.penstock.control.cluster.Adoption;
import io.penstock.control.cluster.ClientAuthentication;
import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.cluster.NewCluster;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.operation.OperationService;
import io.penstock.control.operation.Requester;
import io.penstock.control.operation.StepBoundary;
import io.penstock.control.operation.Workflow;
import io.penstock.control.resource.Description;
import io.penstock.control.storage.BucketService;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.ClusterSettings;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;

/// Ends the process at every boundary of every operation that there is, and has the next process finish them.
///
/// Boundaries come from the application's own list of workflows: a new step is covered by itself, and a new workflow
/// makes this test fail until somebody says how one is begun.
class WorkflowCrashIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Requester REQUESTER = new Requester(Caller.SYSTEM, "req_test", "");
    private static final Crashes CRASHES = new Crashes();
    private static final FakeProvisioner PROVISIONER = new FakeProvisioner();

    @TempDir
    Path place;

    private final Map<String, Object> settings = new HashMap<>();
    private final ScheduledExecutorService hearts = Executors.newSingleThreadScheduledExecutor();
    private final ScheduledExecutorService disk = Executors.newScheduledThreadPool(2);

    /// The process ends: nobody catches this.
    private static final class CrashError extends Error {
        private static final long serialVersionUID = 1;
    }

    /// Ends the thread that drives an operation at its n-th boundary, and at every later one.
    private static final class Crashes implements StepBoundary {
        private final Map<String, Integer> crossings = new ConcurrentHashMap<>();
        private final Set<String> crashed = ConcurrentHashMap.newKeySet();
        private volatile int at = -1;

        void arm(int boundary) {
            crossings.clear();
            crashed.clear();
            at = boundary;
        }

        void disarm() {
            at = -1;
        }

        @Override
        public void crossed(String operationId, String step, boolean noted) {
            if (at < 0) {
                return;
            }
            if (crossings.merge(operationId, 1, Integer::sum) > at) {
                crashed.add(operationId);
                throw new CrashError();
            }
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    static class StandIns {
        @Bean
        @Primary
        FakeProvisioner fakeProvisioner() {
            return PROVISIONER;
        }

        @Bean
        StepBoundary crashes() {
            return CRASHES;
        }
    }

    /// What is begun in one round: the resource whose operation of this type is watched.
    private record Begun(String type, String resourceId) {}

    @Test
    void whateverIsCutOffAnywhereIsFinishedOnceAndNotTwice() throws Exception {
        TestDatabase.register((name, value) -> settings.put(name, value.get()));
        settings.put("penstock.grpc.port", 0);
        settings.put("server.port", 0);
        settings.put("penstock.secrets-key-file", place.resolve("secrets-key"));
        settings.put("penstock.fleet.rejoin-grace", "2s");
        settings.put("penstock.fleet.heirs-first", "0s");
        hearts.scheduleWithFixedDelay(WorkflowCrashIT::beat, 100, 100, TimeUnit.MILLISECONDS);

        ConfigurableApplicationContext process = process();
        try {
            var rounds = process.getBeansOfType(Workflow.class).values().stream()
                    .mapToInt(workflow -> 2 * workflow.steps().size() + 2)
                    .max()
                    .orElseThrow();
            var world = new World(process, place);
            for (int round = Integer.getInteger("penstock.crash.from", 0);
                    round < Math.min(rounds, Integer.getInteger("penstock.crash.to", rounds));
                    round++) {
                var prepared = prepare(process, world, round);
                CRASHES.arm(round);
                var begun = begin(process, prepared, round);
                assertThat(begun.stream().map(Begun::type))
                        .as("every workflow is begun")
                        .containsAll(process.getBeansOfType(Workflow.class).values().stream()
                                .map(Workflow::type)
                                .toList());
                awaitCrashes(process, begun);
                process.close();
                CRASHES.disarm();
                process = process();
                awaitEnds(process, begun);
                assertThatEachHappenedOnce(process, prepared, begun, round);
            }
        } finally {
            process.close();
        }
    }

    // ---- the world

    private record World(String tenant, String bucket, String fleet) {
        World(ConfigurableApplicationContext process, Path place) throws Exception {
            this(
                    process.getBean(TenantService.class)
                            .create(Caller.SYSTEM, named("shop"), "")
                            .id(),
                    process.getBean(BucketService.class)
                            .create(
                                    Caller.SYSTEM,
                                    new BucketService.NewBucket(
                                            named("here"),
                                            Optional.empty(),
                                            "file:" + Files.createDirectories(place.resolve("bucket")),
                                            Optional.empty()))
                            .id(),
                    process.getBean(FleetService.class)
                            .create(Caller.SYSTEM, named("steady"), 2)
                            .id());
        }
    }

    private ConfigurableApplicationContext process() {
        ConfigurableApplicationContext process = new SpringApplicationBuilder(
                        ControlPlaneApplication.class, StandIns.class)
                .properties(settings)
                .run();
        var port = Integer.parseInt(process.getBean(BrokerEntrance.class)
                .addresses()
                .split(",", -1)[0]
                .split(":", -1)[1]);
        var environment =
                ObjectStoreEnvironment.of(disk, disk, new Random(7), Clock.systemUTC(), new SimpleMeterRegistry());
        PROVISIONER.serve(port, ObjectStores.open("file:" + place.resolve("bucket"), environment));
        return process;
    }

    /// Heartbeats, dialling again, and leaving, as real brokers do.
    private static void beat() {
        for (FakeBroker broker : PROVISIONER.brokers()) {
            try {
                broker.heartbeat();
                if (!broker.isConnected()) {
                    broker.connect(PROVISIONER.port());
                }
                if (broker.isToldThatDrained()) {
                    PROVISIONER.die(broker);
                }
            } catch (RuntimeException e) {
                broker.notConnected();
            }
        }
    }

    @AfterEach
    void end() {
        hearts.shutdownNow();
        PROVISIONER.all().forEach(FakeBroker::die);
        disk.shutdownNow();
    }

    // ---- a round

    /// @param victim a broker that will die
    /// @param leaver a broker that will be asked to leave
    private record Prepared(
            World world,
            String doomed,
            String deleted,
            ClusterPrefix foreign,
            String foreignId,
            String loser,
            String victim,
            String shrinking,
            String leaver) {}

    private Prepared prepare(ConfigurableApplicationContext process, World world, int round) {
        var doomed = ready(process, cluster(process, world, world.fleet(), "doomed-" + round));
        var deleted = ready(process, cluster(process, world, world.fleet(), "deleted-" + round));
        var foreign = ready(process, cluster(process, world, world.fleet(), "foreign-" + round));
        var loser = fleet(process, "loser-" + round, 2);
        ready(process, cluster(process, world, loser, "on-loser-" + round));
        var shrinking = fleet(process, "shrinking-" + round, 2);
        ready(process, cluster(process, world, shrinking, "on-shrinking-" + round));
        var clusters = process.getBean(ClusterService.class);
        for (String id : List.of(deleted.id(), foreign.id())) {
            clusters.delete(REQUESTER, id, OptionalLong.empty());
        }
        await().atMost(PATIENCE)
                .until(() -> List.of(deleted.id(), foreign.id()).stream()
                        .allMatch(id -> ended(process, "cluster.delete", id)));
        // As if another control plane had made it.
        var jdbc = process.getBean(JdbcClient.class);
        process.getBean(Metalog.class).forget(foreign.id());
        for (String table :
                List.of("cluster_purges where cluster_id", "operations where resource_id", "clusters where id")) {
            jdbc.sql("delete from " + table + " = ?").param(foreign.id()).update();
        }
        awaitServing(process, loser, 2);
        awaitServing(process, shrinking, 2);
        await().atMost(PATIENCE)
                .until(() -> process.getBean(OperationService.class)
                        .unfinished(BrokerWorkflow.types())
                        .isEmpty());
        return new Prepared(
                world,
                doomed.id(),
                deleted.id(),
                foreign.prefix(),
                foreign.id(),
                loser,
                node(process, loser, 1),
                shrinking,
                node(process, shrinking, 1));
    }

    private List<Begun> begin(ConfigurableApplicationContext process, Prepared prepared, int round) {
        var clusters = process.getBean(ClusterService.class);
        var begun = new ArrayList<Begun>();
        begun.add(new Begun(
                "cluster.create",
                cluster(process, prepared.world(), prepared.world().fleet(), "made-" + round)));
        clusters.delete(REQUESTER, prepared.doomed(), OptionalLong.empty());
        begun.add(new Begun("cluster.delete", prepared.doomed()));
        clusters.restore(REQUESTER, prepared.deleted());
        begun.add(new Begun("cluster.restore", prepared.deleted()));
        clusters.adopt(
                REQUESTER,
                new Adoption(
                        named("adopted-" + round),
                        prepared.world().tenant(),
                        Optional.of(prepared.world().fleet()),
                        Optional.of(prepared.world().bucket()),
                        prepared.foreign(),
                        ClientAuthentication.REQUIRED));
        begun.add(new Begun("cluster.adopt", prepared.foreignId()));

        PROVISIONER.die(PROVISIONER.brokers().stream()
                .filter(broker -> broker.brokerId().equals(prepared.victim()))
                .findFirst()
                .orElseThrow());
        begun.add(new Begun("broker.replace", prepared.victim()));
        process.getBean(FleetService.class).drain(Caller.SYSTEM, prepared.shrinking(), prepared.leaver());
        begun.add(new Begun("broker.drain", prepared.leaver()));

        var fresh = fleet(process, "fresh-" + round, 1);
        var jdbc = process.getBean(JdbcClient.class);
        var wished = await().atMost(PATIENCE)
                .until(
                        () -> jdbc.sql("select id from brokers where fleet_id = ?")
                                .param(fresh)
                                .query(String.class)
                                .list(),
                        found -> !found.isEmpty());
        begun.add(new Begun("broker.start", wished.getFirst()));
        return begun;
    }

    private static void awaitCrashes(ConfigurableApplicationContext process, List<Begun> begun) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(begun)
                        .allMatch(each -> operation(process, each)
                                .filter(operation ->
                                        operation.state().ended() || CRASHES.crashed.contains(operation.id()))
                                .isPresent()));
    }

    private static void awaitEnds(ConfigurableApplicationContext process, List<Begun> begun) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(begun)
                        .allMatch(each -> operation(process, each)
                                .filter(operation -> operation.state().ended())
                                .isPresent()));
        await().atMost(PATIENCE)
                .until(() -> process.getBean(OperationService.class)
                        .unfinished(BrokerWorkflow.types())
                        .isEmpty());
    }

    private static void assertThatEachHappenedOnce(
            ConfigurableApplicationContext process, Prepared prepared, List<Begun> begun, int round) {
        var jdbc = process.getBean(JdbcClient.class);
        for (Begun each : begun) {
            Operation operation = operation(process, each).orElseThrow();
            String what = each + " in round " + round;
            // A process that was never started is not started under a secret that nobody knows any more.
            boolean neverStarted = each.type().equals("broker.start") && operation.state() == State.FAILED;
            if (!neverStarted) {
                assertThat(operation.state()).as(what).isEqualTo(State.SUCCEEDED);
                assertThat(operation.progress().steps()).as(what).allMatch(step -> step.state() == State.SUCCEEDED);
            }
            assertThat(jdbc.sql("select count(*) from operations where type = ? and resource_id = ?")
                            .params(each.type(), each.resourceId())
                            .query(Integer.class)
                            .single())
                    .as(what)
                    .isEqualTo(1);
        }
        var clusters = process.getBean(ClusterService.class);
        for (String name : List.of("made-", "adopted-", "deleted-")) {
            assertThat(jdbc.sql("select id from clusters where name = ? and phase <> 'DELETED'")
                            .param(name + round)
                            .query(String.class)
                            .list())
                    .as(name + round)
                    .hasSize(1)
                    .allMatch(id -> clusters.find(Caller.SYSTEM, id).phase() == Phase.READY)
                    .allMatch(id -> process.getBean(Metalog.class).image(id).shards().incarnations().values().stream()
                                    .filter(known -> !known.retired())
                                    .count()
                            == 2);
        }
        assertThat(jdbc.sql("select count(*) from cluster_purges where cluster_id = ?")
                        .param(prepared.doomed())
                        .query(Integer.class)
                        .single())
                .isEqualTo(1);
        var started = new LinkedHashMap<String, Long>();
        for (String fleet : List.of(prepared.loser(), prepared.shrinking(), fleetNamed(jdbc, "fresh-" + round))) {
            started.put(
                    jdbc.sql("select name from fleets where id = ?")
                            .param(fleet)
                            .query(String.class)
                            .single(),
                    PROVISIONER.all().stream()
                            .filter(broker -> broker.fleetId().equals(fleet))
                            .count());
        }
        assertThat(started)
                .as("processes that were ever started")
                .isEqualTo(Map.of("loser-" + round, 3L, "shrinking-" + round, 3L, "fresh-" + round, 1L));
        awaitServing(process, prepared.loser(), 2);
        awaitServing(process, prepared.shrinking(), 2);
    }

    // ---- small things

    private static Optional<Operation> operation(ConfigurableApplicationContext process, Begun begun) {
        return process.getBean(OperationService.class).newest(begun.type(), begun.resourceId());
    }

    private static boolean ended(ConfigurableApplicationContext process, String type, String resource) {
        return operation(process, new Begun(type, resource))
                .filter(operation -> operation.state().ended())
                .isPresent();
    }

    private static String fleet(ConfigurableApplicationContext process, String name, int brokers) {
        return process.getBean(FleetService.class)
                .create(Caller.SYSTEM, named(name), brokers)
                .id();
    }

    private static String fleetNamed(JdbcClient jdbc, String name) {
        return jdbc.sql("select id from fleets where name = ?")
                .param(name)
                .query(String.class)
                .single();
    }

    private static String cluster(ConfigurableApplicationContext process, World world, String fleet, String name) {
        return process.getBean(ClusterService.class)
                .create(
                        REQUESTER,
                        new NewCluster(
                                named(name),
                                world.tenant(),
                                Optional.of(fleet),
                                Optional.of(world.bucket()),
                                ClusterSettings.defaults(name),
                                ClientAuthentication.REQUIRED))
                .id();
    }

    private static Cluster ready(ConfigurableApplicationContext process, String id) {
        return await().atMost(PATIENCE)
                .until(
                        () -> process.getBean(ClusterService.class).find(Caller.SYSTEM, id),
                        cluster -> cluster.phase() == Phase.READY);
    }

    private static void awaitServing(ConfigurableApplicationContext process, String fleet, int brokers) {
        await().atMost(PATIENCE)
                .until(() -> process.getBean(FleetService.class).brokers(Caller.SYSTEM, fleet).stream()
                                .filter(broker -> broker.phase() == BrokerPhase.SERVING)
                                .count()
                        == brokers);
    }

    private static String node(ConfigurableApplicationContext process, String fleet, int nodeId) {
        return process.getBean(FleetService.class).brokers(Caller.SYSTEM, fleet).stream()
                .filter(broker -> broker.nodeId() == nodeId)
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static Description named(String name) {
        return new Description(name, Map.of(), false);
    }
}
