// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.log.ClusterLog;
import io.penstock.log.LogListener;
import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ClusterSettings;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.ShardTable;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.simulation.Trace;
import io.penstock.simulation.WorldStatistics;
import io.penstock.simulation.judge.Invariant;
import io.penstock.simulation.judge.InvariantViolated;
import io.penstock.simulation.judge.Judge;
import io.penstock.simulation.judge.ManifestTruth;
import io.penstock.simulation.judge.WalTruth;
import io.penstock.simulation.junit.Seed;
import io.penstock.simulation.scheduler.Scheduler;
import io.penstock.simulation.scheduler.VirtualProcess;
import io.penstock.simulation.store.SimulatedStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// One cluster, from its creation through a time of troubles to a quiet end, on one seed.
///
/// ```
/// World.of(seed).run();
/// ```
/// After every step the [Judge] is asked; the first violated invariant ends the world.
public final class World {
    static final String CLUSTER = "cluster";
    static final ClusterPrefix PREFIX = ClusterPrefix.of("tenant", CLUSTER);
    /// How long after the last fault a partition may take to serve again: the failure detector gives brokers
    /// up one by one, and then pauses for half a minute.
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final long MILLI = 1_000_000;
    /// From here on nodes belong to the control plane that adopts.
    private static final int HEIRS_NODES = 100;

    private final Seed seed;
    private final Scheduler scheduler;
    private final Trace trace;
    private final SplittableRandom chance;
    private final Scenario scenario;
    private final Judge judge;
    private final SimulatedStore store;
    private final WalTruth walTruth;
    private final DeletionWatch deletions = new DeletionWatch();
    private final List<ControlPlane> controlPlanes = new ArrayList<>();
    private final Chaos chaos;
    private final Map<String, SimulatedBroker> everyBroker = new LinkedHashMap<>();
    private final Map<Integer, SimulatedBroker> newestOfNode = new LinkedHashMap<>();
    private final List<Topic> topics = new ArrayList<>();
    private final List<Topic> unwanted = new ArrayList<>();
    private final List<Topic.Partition> partitions = new ArrayList<>();
    private final List<Producer> producers = new ArrayList<>();
    private final List<Consumer> consumers = new ArrayList<>();
    private long failovers;
    private long failoversInFlight;
    private long handOffs;
    private int claimedAt = Integer.MAX_VALUE;
    private boolean resting;

    private World(Seed seed, @Nullable Mutant mutant) {
        this.seed = seed;
        SplittableRandom root = new SplittableRandom(seed.number());
        this.scheduler = new Scheduler(root.nextLong());
        this.trace = new Trace(scheduler, seed.traced());
        this.chance = root.split();
        this.scenario = Scenario.drawnFrom(root.split(), mutant);
        this.judge = new Judge(trace, () -> scheduler.nanos() / MILLI, scenario.tombstonesStay());
        this.store = new SimulatedStore(scheduler, root.nextLong(), trace);
        this.walTruth = new WalTruth(judge);
        store.observe(walTruth);
        store.observe(deletions);
        store.observe(new ManifestTruth(judge));
        this.controlPlanes.add(ControlPlane.first(this));
        this.chaos = new Chaos(this);
        scheduler.onFailure((process, thrown) -> {
            if (process == null || !process.isDead()) {
                judge.violated(Invariant.NO_TASK_THROWS, thrown, "a task of " + process + " threw " + thrown);
            }
        });
    }

    /// The world of a seed, with every rule in force.
    public static World of(Seed seed) {
        return new World(seed, null);
    }

    /// The same world without one rule.
    public static World mutated(Seed seed, Mutant mutant) {
        return new World(seed, mutant);
    }

    /// Runs the world to its end.
    ///
    /// @return what went on in it
    /// @throws InvariantViolated if something is not as it must be
    public WorldStatistics run() {
        TracingLogs.runs(trace, judge);
        try {
            begin();
            until(scenario.troubled().toNanos(), () -> false);
            // Chaos goes on until the world has seen what it is for.
            until(scheduler.nanos() + PATIENCE.toNanos(), () -> failoversInFlight > 0 && !chaos.isAmbushing());
            comeToRest();
            readEverything();
            WorldStatistics statistics = statistics();
            refuseToBeVacuous(statistics);
            seed.report(statistics);
            return statistics;
        } finally {
            TracingLogs.runsNothing();
            seed.keepTrace(trace.text());
        }
    }

    private void begin() {
        trace.line("WORLD", "%s: %s", seed, scenario);
        control().start();
        for (int node = 0; node < scenario.brokers(); node++) {
            startBroker(node, 1);
        }
        wantTopic(scenario.partitions());
        if (chance.nextBoolean()) {
            wantTopic(1 + chance.nextInt(2));
        }
        keepWantingTopics();
        keepBackups();
        for (int id = 0; id < scenario.producers(); id++) {
            Producer producer = new Producer(this, id, id == 0 || chance.nextInt(3) > 0);
            producers.add(producer);
            producer.start();
        }
        for (int i = 0; i < scenario.consumers(); i++) {
            Consumer consumer = new Consumer(this);
            consumers.add(consumer);
            consumer.start();
        }
        chaos.start();
    }

    private void comeToRest() {
        chaos.end();
        resting = true;
        producers.forEach(Producer::finish);
        consumers.forEach(Consumer::finish);
        long deadline = scheduler.nanos() + PATIENCE.toNanos();
        until(scheduler.nanos() + 1_000 * MILLI, () -> false);
        int wanted = topics.stream().mapToInt(Topic::partitions).sum();
        if (!until(deadline, () -> partitions.size() == wanted)) {
            throw violated(
                    Invariant.EVERY_PARTITION_SERVES_AGAIN, "of %s only %s came to be".formatted(topics, partitions));
        }
        partitions.forEach(producers.getFirst()::probe);
        if (!until(deadline, () -> producers.stream().allMatch(Producer::isDone))) {
            throw violated(
                    Invariant.EVERY_PARTITION_SERVES_AGAIN,
                    "after %s without faults these take no records: %s"
                            .formatted(
                                    PATIENCE,
                                    partitions.stream()
                                            .filter(partition -> producers.stream()
                                                    .anyMatch(producer -> !producer.isDone(partition)))
                                            .map(partition -> partition + " (" + locate(partition) + ")")
                                            .toList()));
        }
    }

    /// Reads every partition from its leader, from its log start to the end, as a new client would.
    private void readEverything() {
        for (Topic.Partition partition : List.copyOf(partitions)) {
            long[] asked = {-1};
            if (!until(
                    scheduler.nanos() + PATIENCE.toNanos(),
                    () -> locate(partition).isPresent())) {
                throw violated(Invariant.EVERY_PARTITION_SERVES_AGAIN, partition + " has no leader");
            }
            PartitionRef ref = new PartitionRef(shardOf(partition), partition.topicId(), partition.number());
            long[] position = {judge.durableStart(ref)};
            long end = judge.durableEnd(ref);
            locate(partition)
                    .ifPresent(found -> found.leader()
                            .process()
                            .deliver(networkDelay(), () -> found.leader().latest(ref, _ -> {})));
            boolean whole = until(scheduler.nanos() + PATIENCE.toNanos(), () -> {
                if (position[0] >= end) {
                    return true;
                }
                long now = scheduler.nanos();
                if (asked[0] < 0 || now - asked[0] > 1_000 * MILLI) {
                    asked[0] = now;
                    locate(partition)
                            .ifPresent(found -> found.leader()
                                    .process()
                                    .deliver(
                                            networkDelay(),
                                            () -> found.leader().fetch(ref, position[0], reached -> {
                                                if (reached.isPresent() && reached.get() > position[0]) {
                                                    position[0] = reached.get();
                                                    asked[0] = -1;
                                                }
                                            })));
                }
                return false;
            });
            if (!whole) {
                throw violated(
                        Invariant.EVERY_PARTITION_SERVES_AGAIN,
                        "%s is read to %d only, and ends at %d".formatted(partition, position[0], end));
            }
            judge.readBack(ref, position[0]);
            check();
        }
    }

    private WorldStatistics statistics() {
        return new WorldStatistics(
                judge.acknowledged(),
                judge.served(),
                failovers,
                failoversInFlight,
                handOffs,
                walTruth.seals(),
                store.requests(),
                scheduler.steps());
    }

    private void refuseToBeVacuous(WorldStatistics statistics) {
        if (statistics.acknowledged() == 0 || statistics.failoversInFlight() == 0) {
            throw violated(Invariant.NOT_VACUOUS, "this world proves nothing: " + statistics);
        }
    }

    /// Lets time pass up to that instant, or until the condition holds, and checks the invariants after
    /// every step.
    private boolean until(long nanos, BooleanSupplier condition) {
        while (scheduler.nanos() < nanos) {
            if (condition.getAsBoolean()) {
                return true;
            }
            scheduler.step();
            check();
        }
        return condition.getAsBoolean();
    }

    private void check() {
        InvariantViolated verdict = judge.verdict();
        if (verdict != null) {
            throw verdict;
        }
    }

    private InvariantViolated violated(Invariant invariant, String detail) {
        judge.violated(invariant, null, detail);
        InvariantViolated verdict = judge.verdict();
        return verdict == null ? new InvariantViolated(invariant, detail, null) : verdict;
    }

    // ---- topics

    void wantTopic(int count) {
        Topic topic = new Topic(
                "topic" + (topics.size() + unwanted.size()),
                new Uuid(chance.nextLong() & 0x7fff_ffff_ffff_ffffL, chance.nextLong()),
                count);
        topics.add(topic);
        control().createTopic(topic.name(), topic.id(), topic.partitions());
    }

    /// Deletes a topic, for good; never the first one, so that there is always something to do.
    void unwantTopic() {
        List<Topic> candidates = topics.subList(Math.min(1, topics.size()), topics.size());
        if (candidates.isEmpty()) {
            return;
        }
        Topic topic = candidates.get(chance.nextInt(candidates.size()));
        trace.line("CHAOS", "nobody wants %s any more", topic.name());
        topics.remove(topic);
        unwanted.add(topic);
        partitions.removeIf(partition -> partition.topicId().equals(topic.id()));
        producers.forEach(producer -> producer.forget(topic.id()));
        control().deleteTopic(topic.id());
    }

    /// A control plane may be away, or forget: whoever wants a topic asks again.
    private void keepWantingTopics() {
        for (Topic topic : topics) {
            if (exists(topic)) {
                for (int number = 0; number < topic.partitions(); number++) {
                    Topic.Partition partition = new Topic.Partition(topic.name(), topic.id(), number);
                    if (!partitions.contains(partition)) {
                        partitions.add(partition);
                    }
                }
            } else {
                control().createTopic(topic.name(), topic.id(), topic.partitions());
            }
        }
        for (Topic topic : unwanted) {
            if (exists(topic)) {
                control().deleteTopic(topic.id());
            }
        }
        scheduler.afterNanos(300 * MILLI, this::keepWantingTopics);
    }

    private boolean exists(Topic topic) {
        return brokers().stream()
                .anyMatch(broker ->
                        broker.cluster().image().partitions(topic.id()).isPresent());
    }

    Optional<Topic.Partition> anyPartition() {
        return partitions.isEmpty() ? Optional.empty() : Optional.of(partitions.get(chance.nextInt(partitions.size())));
    }

    /// @param leader who leads the partition, as some broker says; it may be dead by now
    record Location(PartitionRef ref, SimulatedBroker leader) {}

    /// Asks some living broker who leads the partition.
    Optional<Location> locate(Topic.Partition partition) {
        List<SimulatedBroker> running = brokers().stream()
                .filter(broker -> broker.process().isRunning())
                // In the end clients know whom to ask.
                .filter(broker -> !resting || broker.home() == control())
                .toList();
        if (running.isEmpty()) {
            return Optional.empty();
        }
        ClusterImage image =
                running.get(chance.nextInt(running.size())).cluster().image();
        Optional<ShardId> shard = image.shardOf(partition.topicId(), partition.number());
        if (shard.isEmpty()) {
            return Optional.empty();
        }
        return image.shards()
                .current(shard.get())
                .map(tenure -> image.shards().incarnations().get(tenure.incarnation()))
                .map(ShardTable.Announced::endpoint)
                .map(World::nameOf)
                .map(everyBroker::get)
                .map(leader ->
                        new Location(new PartitionRef(shard.get(), partition.topicId(), partition.number()), leader));
    }

    private ShardId shardOf(Topic.Partition partition) {
        return brokers().stream()
                .flatMap(broker -> broker.cluster().image().shardOf(partition.topicId(), partition.number()).stream())
                .findFirst()
                .orElseThrow();
    }

    private void keepBackups() {
        control().backUp();
        scheduler.afterNanos((1_000 + chance.nextLong(5_000)) * MILLI, this::keepBackups);
    }

    // ---- brokers

    /// Another control plane, with a fleet of its own, takes the cluster over by its prefix alone; the
    /// first one and its fleet go on as if nothing had happened.
    void adopt() {
        trace.line("CHAOS", "another control plane adopts the cluster");
        controlPlanes.add(ControlPlane.heir(this));
        control().start();
    }

    /// The heir's CLAIM is stored: only now its brokers are told of the cluster.
    void claimed(int entry) {
        if (claimedAt == Integer.MAX_VALUE) {
            for (int node = 0; node < scenario.brokers(); node++) {
                startBroker(HEIRS_NODES + node, 1);
            }
        }
        claimedAt = Math.min(claimedAt, entry);
    }

    /// After a CLAIM nobody gives shards to brokers but its owner.
    void requireOwner(SimulatedBroker broker, LeaderEpoch opened) {
        if (opened.number() > claimedAt && broker.home() != control()) {
            judge.violated(
                    Invariant.A_CLAIM_SHUTS_OUT,
                    "%s opens a shard at epoch %s, though the cluster was claimed by entry %d",
                    broker,
                    opened,
                    claimedAt);
        }
    }

    private void startBroker(int node, long epoch) {
        ControlPlane home = controlPlanes.get(node < HEIRS_NODES ? 0 : 1);
        SimulatedBroker broker = new SimulatedBroker(this, home, brokerName(node, epoch), node, epoch);
        everyBroker.put(broker.name(), broker);
        newestOfNode.put(node, broker);
        broker.start();
    }

    /// A process for every node whose process has ended.
    void startMissingBrokers() {
        for (SimulatedBroker newest : List.copyOf(newestOfNode.values())) {
            if (newest.process().isDead()) {
                startBroker(newest.node(), newest.epoch() + 1);
            }
        }
    }

    static String brokerName(int node, long epoch) {
        return "b" + node + "." + epoch;
    }

    private static String nameOf(Endpoint endpoint) {
        return brokerName(endpoint.nodeId(), endpoint.brokerEpoch());
    }

    /// Whether some partition that clients use is led by this broker, as the broker itself says.
    boolean leads(SimulatedBroker broker) {
        ClusterImage image = broker.cluster().image();
        return partitions.stream()
                .anyMatch(partition -> image.leaderOf(partition.topicId(), partition.number())
                        .filter(leader -> leader.nodeId() == broker.node())
                        .isPresent());
    }

    /// Every broker whose process has not ended.
    List<SimulatedBroker> brokers() {
        return everyBroker.values().stream()
                .filter(broker -> !broker.process().isDead())
                .toList();
    }

    ClusterLog newLog(ObjectStore connection, Incarnation incarnation, VirtualProcess process, LogListener listener) {
        trace.line(process, "begins incarnation %s", incarnation);
        return new ClusterLog(
                connection,
                PREFIX,
                incarnation,
                scenario.logSettings(),
                process,
                listener,
                _ -> scenario.policy(),
                scenario.rules());
    }

    ClusterSettings clusterSettings() {
        ClusterSettings defaults = ClusterSettings.defaults(CLUSTER);
        return new ClusterSettings(
                CLUSTER,
                scenario.shards(),
                defaults.latencyProfile(),
                false,
                1,
                defaults.defaultReplicationFactor(),
                defaults.offsetsTopicPartitions());
    }

    // ---- what is counted

    void failedOver(String broker) {
        failovers++;
        SimulatedBroker failed = everyBroker.get(broker);
        if (failed != null && failed.putsInFlight() > 0) {
            failoversInFlight++;
        }
    }

    long failoversInFlight() {
        return failoversInFlight;
    }

    void handedOff() {
        handOffs++;
    }

    // ---- parts

    Scheduler scheduler() {
        return scheduler;
    }

    Trace trace() {
        return trace;
    }

    SplittableRandom chance() {
        return chance;
    }

    Scenario scenario() {
        return scenario;
    }

    Judge judge() {
        return judge;
    }

    SimulatedStore store() {
        return store;
    }

    DeletionWatch deletions() {
        return deletions;
    }

    /// The broker that runs in this process, unless the process is something else.
    Optional<SimulatedBroker> broker(VirtualProcess process) {
        return everyBroker.values().stream()
                .filter(broker -> broker.process() == process)
                .findFirst();
    }

    /// The one that people use.
    ControlPlane control() {
        return controlPlanes.getLast();
    }

    /// All that run, also those that the cluster was taken from.
    List<ControlPlane> controlPlanes() {
        return controlPlanes;
    }

    /// One way between two machines: about a millisecond, sometimes twenty.
    long networkDelay() {
        return 200_000 + chance.nextLong(chance.nextInt(30) == 0 ? 20 * MILLI : MILLI);
    }
}
