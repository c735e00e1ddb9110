// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.control.failover.DetectorSettings;
import io.penstock.control.failover.FailoverPlan;
import io.penstock.control.failover.FailureDetector;
import io.penstock.control.failover.Progress;
import io.penstock.control.failover.Verdict;
import io.penstock.control.fleet.FleetSettings;
import io.penstock.control.placement.Candidate;
import io.penstock.control.placement.PlacementPlan;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.metadata.Endpoint;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.metadata.MetalogCodec;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogRecords;
import io.penstock.metadata.MetalogTimer;
import io.penstock.metadata.MetalogWrite;
import io.penstock.metadata.RetrySettings;
import io.penstock.metadata.ShardTable;
import io.penstock.metadata.SnapshotSchedule;
import io.penstock.metadata.SnapshotSettings;
import io.penstock.metadata.WriteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.simulation.scheduler.VirtualProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// A control plane: one process at a time over a [Database], deciding by production's detector, failover
/// and placement plans, and writing the metalog by production's code.
///
/// What is not production code here is what Spring and PostgreSQL do there: keeping the outbox, calling the
/// plans, and passing messages on.
final class ControlPlane {
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int SNAPSHOT_EVERY = 6; // worlds are short, and heirs should start from some
    /// How long a broker that was given up has to come up with a new incarnation, as the fleet's settings say.
    private static final Duration WAKE_PATIENCE = FleetSettings.defaults().wakePatience();
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final World world;
    private final UUID identity;
    private final String name;
    private final boolean adopts;
    private Database database = new Database();
    private final List<Database> backups = new ArrayList<>();
    private @Nullable Replica replica;
    private int lives;

    private ControlPlane(World world, UUID identity, String name, boolean adopts) {
        this.world = world;
        this.identity = identity;
        this.name = name;
        this.adopts = adopts;
    }

    /// Who makes the cluster.
    static ControlPlane first(World world) {
        return new ControlPlane(world, new UUID(0x50_45_4eL, 1), "control", false);
    }

    /// Who knows nothing but the prefix, and takes the cluster over.
    static ControlPlane heir(World world) {
        return new ControlPlane(world, new UUID(0x50_45_4eL, 2), "heir", true);
    }

    UUID identity() {
        return identity;
    }

    boolean isUp() {
        return replica != null;
    }

    void start() {
        if (replica == null) {
            Replica fresh = new Replica(world.scheduler().process(name + "." + lives++));
            replica = fresh;
            world.trace().line(fresh.process, "starts with %d entries", database.stored.size());
            fresh.start();
        }
    }

    void stop() {
        Replica running = replica;
        if (running != null) {
            world.trace().line("CHAOS", "%s is killed", running.process);
            running.process.kill();
            replica = null;
            ours().forEach(SimulatedBroker::streamBreaks);
        }
    }

    private List<SimulatedBroker> ours() {
        return world.brokers().stream().filter(broker -> broker.home() == this).toList();
    }

    /// Remembers the database as it is now.
    void backUp() {
        backups.add(database.copy());
    }

    /// Puts an old backup in the place of the database; to be called while the control plane is down.
    void restore() {
        if (!backups.isEmpty()) {
            Database old = backups.get(world.chance().nextInt(backups.size())).copy();
            world.trace()
                    .line(
                            "CHAOS",
                            "the database is put back from %d entries to %d",
                            database.stored.size(),
                            old.stored.size());
            database = old;
        }
    }

    // ---- what reaches it over the network; a message to a dead control plane is lost

    void connected(SimulatedBroker broker) {
        on(running -> running.connected(broker));
    }

    void streamBroken(SimulatedBroker broker) {
        on(running -> running.detector.streamBroken(broker.name(), running.process.nanos()));
    }

    void processEnded(SimulatedBroker broker) {
        on(running -> running.detector.processGone(broker.name(), running.process.nanos()));
    }

    void heartbeat(SimulatedBroker broker, Map<String, String> marks, int applied, long pendingBytes) {
        Map<String, Progress> progress = new TreeMap<>();
        marks.forEach((cluster, mark) -> progress.put(cluster, new Progress(mark, pendingBytes)));
        on(running -> {
            running.detector.heard(broker.name(), progress, running.process.nanos());
            running.heardOf(applied);
        });
    }

    void incarnationReady(SimulatedBroker broker, Incarnation incarnation) {
        on(running -> running.incarnationReady(broker, incarnation));
    }

    void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where) {
        on(running -> running.handedOff(shard, epoch, where));
    }

    void checkpoint(ShardId shard, LeaderEpoch below) {
        on(running -> running.checkpoint(shard, below));
    }

    // ---- what people ask for

    void createTopic(String name, Uuid id, int partitions) {
        on(running -> running.change(
                "create topic " + name,
                MetalogRecords.createTopic(
                        name, id, partitions, 3, world.scenario().shards(), Map.of())));
    }

    void deleteTopic(Uuid id) {
        on(running -> {
            if (running.composed.partitions(id).isPresent()) {
                running.change("delete topic " + id, MetalogRecords.deleteTopic(id));
            }
        });
    }

    void topicDropped(Uuid id, Set<ShardId> shards) {
        on(running -> running.topicDropped(id, shards));
    }

    void drain(SimulatedBroker broker, Duration rest) {
        on(running -> running.drain(broker, rest));
    }

    /// Moves one shard of the broker to another, which has to take it by name if it hears of no hand-off.
    void moveOne(SimulatedBroker broker) {
        on(running -> running.moveOne(broker));
    }

    private void on(java.util.function.Consumer<Replica> task) {
        Replica running = replica;
        if (running != null) {
            running.actor.execute(() -> task.accept(running));
        }
    }

    private final class Replica {
        private final VirtualProcess process;
        private final Executor actor;
        private final MetaKeys keys = new MetaKeys(World.PREFIX);
        private final ObjectStore store;
        private final MetalogWrite write;
        private final SnapshotSchedule snapshots;
        private final FailureDetector detector = new FailureDetector(DetectorSettings.defaults());
        private final SequencedMap<SimulatedBroker, Incarnation> ready = new LinkedHashMap<>();
        private final Map<SimulatedBroker, Incarnation> newest = new HashMap<>();
        private final Set<Incarnation> dead = new TreeSet<>();
        private final Set<SimulatedBroker> resting = new java.util.LinkedHashSet<>();
        private final Map<Uuid, Set<ShardId>> dropped = new HashMap<>();
        private ClusterImage image = ClusterImage.EMPTY;
        private ClusterImage composed = ClusterImage.EMPTY;
        private boolean writing;
        private long levelledAt;

        Replica(VirtualProcess process) {
            this.process = process;
            this.actor = process.newActor("control");
            this.store = world.store().connect(process);
            this.write = new MetalogWrite(store, keys, RetrySettings.defaults(), timer(), actor);
            this.snapshots = new SnapshotSchedule(
                    store,
                    keys,
                    new SnapshotSettings(SNAPSHOT_EVERY, 1 << 20),
                    FollowerSettings.defaults(),
                    timer(),
                    process.newActor("snapshots"));
        }

        private MetalogTimer timer() {
            return (delay, executor, task) -> process.schedule(delay, executor, task);
        }

        void start() {
            actor.execute(() -> {
                for (EncodedEntry entry : database.stored) {
                    image = applied(image, entry).after();
                }
                composed = image;
                for (EncodedEntry entry : database.outbox) {
                    composed = applied(composed, entry).after();
                }
                if (adopts && !owns()) {
                    readOn();
                } else if (composed.number() == 0) {
                    change("create cluster", MetalogRecords.createCluster(world.clusterSettings()));
                }
                expectBrokers();
                publish();
                look();
                lookAhead();
            });
        }

        private boolean owns() {
            return composed.owner().filter(identity::equals).isPresent();
        }

        /// Whether somebody else has claimed the cluster, and this control plane obeys.
        private boolean isShutOut() {
            return world.scenario().claimsHonoured() && composed.number() > 0 && !owns();
        }

        /// Whoever adopts reads all that the bucket holds, and writes CLAIM behind it.
        private void readOn() {
            int next = image.number() + 1;
            store.get(keys.entry(next)).thenAcceptAsync(outcome -> readOn(next, outcome), actor);
        }

        private void readOn(int next, GetOutcome outcome) {
            if (image.number() + 1 != next || owns()) {
                return;
            }
            switch (outcome) {
                case GetOutcome.Found found -> {
                    know(EncodedEntry.of(next, found.bytes()));
                    if (owns()) {
                        // A CLAIM of ours that the database has forgotten.
                        world.claimed(next);
                        expectBrokers();
                        lookAhead();
                    } else {
                        readOn();
                    }
                }
                case GetOutcome.Absent _ -> {
                    if (image.number() > 0) {
                        compose("claim the cluster", List.of(MetalogRecords.claim(identity)));
                    } else {
                        process.schedule(LOOK, actor, this::readOn);
                    }
                }
                case GetOutcome.Failed _ -> process.schedule(LOOK, actor, this::readOn);
            }
        }

        private void know(EncodedEntry entry) {
            database.stored.add(entry);
            image = applied(image, entry).after();
            composed = image;
        }

        /// Whoever has a place in the cluster should be heard of, sooner or later.
        private void expectBrokers() {
            if (adopts && !owns()) {
                return;
            }
            composed.shards().incarnations().forEach((incarnation, announced) -> {
                if (!announced.retired() && !dead.contains(incarnation)) {
                    Endpoint endpoint = announced.endpoint();
                    detector.expect(World.brokerName(endpoint.nodeId(), endpoint.brokerEpoch()), process.nanos());
                }
            });
        }

        // ---- the metalog

        void change(String why, List<MetalogRecord> records) {
            if (isShutOut() || (adopts && !owns())) {
                return;
            }
            compose(why, records);
        }

        /// A mutant signs as whoever owns the cluster: to all others it looks as if nobody had claimed
        /// anything.
        private UUID signer(List<MetalogRecord> records) {
            boolean claims = records.stream().anyMatch(MetalogRecord.Claim.class::isInstance);
            return claims || world.scenario().claimsHonoured()
                    ? identity
                    : composed.owner().orElse(identity);
        }

        private void compose(String why, List<MetalogRecord> records) {
            EncodedEntry entry = MetalogCodec.encode(
                    composed.next(signer(records), process.random().nextLong(), process.wallMillis(), records));
            ImageChange change = applied(composed, entry);
            if (change.isVoid()) {
                world.trace()
                        .line(
                                process,
                                "does not %s: %s",
                                why,
                                change.voidReason().orElseThrow());
                return;
            }
            world.trace().line(process, "composes entry %d: %s %s", entry.number(), why, records);
            composed = change.after();
            database.outbox.add(entry);
            publish();
        }

        private void publish() {
            EncodedEntry next = database.outbox.peek();
            if (writing || next == null) {
                return;
            }
            writing = true;
            write.write(next).thenAcceptAsync(outcome -> written(next, outcome), actor);
        }

        private void written(EncodedEntry entry, WriteOutcome outcome) {
            writing = false;
            switch (outcome) {
                case WriteOutcome.Stored() -> stored(entry);
                case WriteOutcome.Conflict(EncodedEntry found) -> {
                    if (world.scenario().bucketWins()) {
                        adopt(found);
                        if (database.outbox.isEmpty()) {
                            // There may be more that this database has forgotten.
                            lookAhead();
                        }
                    } else {
                        stored(entry);
                    }
                }
            }
            publish();
        }

        /// The bucket holds an entry that this database does not know, or knows otherwise: the bucket wins.
        private void adopt(EncodedEntry found) {
            world.trace().line(process, "finds entry %d in the bucket, which wins", found.number());
            database.outbox.clear();
            know(found);
            if (adopts && !owns()) {
                readOn();
                return;
            }
            if (isShutOut()) {
                world.trace().line(process, "lets go of the cluster");
                linked().forEach(broker -> broker.told(broker.cluster()::close));
                return;
            }
            expectBrokers();
            linked().forEach(broker -> broker.told(() -> broker.cluster().entriesStoredUpTo(found.number())));
            decide();
        }

        /// A database that was put back does not know it: the bucket is asked until it has answered.
        private void lookAhead() {
            int next = image.number() + 1;
            if (!database.outbox.isEmpty() || !world.scenario().bucketWins() || isShutOut() || (adopts && !owns())) {
                return; // what is written next finds out
            }
            store.get(keys.entry(next))
                    .thenAcceptAsync(
                            outcome -> {
                                if (image.number() + 1 != next || !database.outbox.isEmpty()) {
                                    return;
                                }
                                switch (outcome) {
                                    case GetOutcome.Found found -> {
                                        adopt(EncodedEntry.of(next, found.bytes()));
                                        lookAhead();
                                    }
                                    case GetOutcome.Absent _ -> {}
                                    case GetOutcome.Failed _ -> process.schedule(ASK_AGAIN, actor, this::lookAhead);
                                }
                            },
                            actor);
        }

        /// Somebody has applied more than this database knows: it was put back, or another's entry came in
        /// late.
        void heardOf(int applied) {
            if (applied > image.number()) {
                lookAhead();
            }
        }

        private void stored(EncodedEntry entry) {
            if (!entry.equals(database.outbox.peek())) {
                return;
            }
            database.outbox.remove();
            database.stored.add(entry);
            ImageChange change = applied(image, entry);
            image = change.after();
            world.trace().line(process, "knows that entry %d is stored", entry.number());
            snapshots.stored(entry);
            if (adopts && change.ownerChanged()) {
                // Who led so far is nobody's here.
                dead.addAll(image.shards().incarnations().keySet());
                world.claimed(entry.number());
            }
            linked().forEach(broker -> broker.told(() -> broker.cluster().entryPushed(entry)));
            decide();
        }

        private ImageChange applied(ClusterImage before, EncodedEntry entry) {
            try {
                return before.apply(entry);
            } catch (MetadataFormatException e) {
                throw new IllegalStateException("entry " + entry + " cannot be read", e);
            }
        }

        // ---- brokers

        private List<SimulatedBroker> linked() {
            return ours().stream().filter(SimulatedBroker::isLinked).toList();
        }

        void connected(SimulatedBroker broker) {
            detector.connected(broker.name(), process.nanos());
            int number = image.number();
            broker.told(() -> broker.cluster().entriesStoredUpTo(number));
        }

        void incarnationReady(SimulatedBroker broker, Incarnation incarnation) {
            newest.put(broker, incarnation);
            if (image.shards().isRetired(incarnation)) {
                return;
            }
            if (dead.contains(incarnation)) {
                process.schedule(WAKE_PATIENCE, actor, () -> {
                    if (broker.isLinked() && incarnation.equals(newest.get(broker)) && dead.remove(incarnation)) {
                        world.trace().line(process, "welcomes %s back as %s", broker, incarnation);
                        incarnationReady(broker, incarnation);
                    }
                });
                return;
            }
            Incarnation before = ready.put(broker, incarnation);
            if (before != null && !before.equals(incarnation)) {
                dead.add(before);
            }
            // A process has one incarnation at a time.
            incarnationsOf(broker.name()).forEach(known -> {
                if (!known.equals(incarnation)) {
                    dead.add(known);
                }
            });
            decide();
        }

        void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where) {
            image.shards()
                    .current(shard)
                    .ifPresent(heir -> ready.forEach((broker, incarnation) -> {
                        if (incarnation.equals(heir.incarnation())) {
                            broker.told(() -> broker.cluster().handOffReported(shard, epoch, where));
                        }
                    }));
        }

        void checkpoint(ShardId shard, LeaderEpoch below) {
            List<ShardTable.Tenure> history = composed.shards().history(shard);
            if (!history.isEmpty() && history.getFirst().epoch().compareTo(below) < 0) {
                change("checkpoint", List.of(MetalogRecords.checkpoint(shard, below)));
            }
        }

        void topicDropped(Uuid id, Set<ShardId> shards) {
            Set<ShardId> all = dropped.computeIfAbsent(id, _ -> new TreeSet<>());
            all.addAll(shards);
            if (composed.dropping().containsKey(id) && all.containsAll(composed.shardsOf(id))) {
                change("free the name of " + id, List.of(MetalogRecords.topicDropped(id)));
            }
        }

        void drain(SimulatedBroker broker, Duration rest) {
            resting.add(broker);
            process.schedule(rest, actor, () -> {
                resting.remove(broker);
                decide();
            });
            Incarnation leaving = ready.get(broker);
            if (leaving != null) {
                List<ShardId> homeless = composed.shards().ledBy(leaving);
                move(
                        "drain " + broker,
                        PlacementPlan.filling(leaders(), homeless, candidates()).moves());
            }
        }

        void moveOne(SimulatedBroker broker) {
            Incarnation leader = ready.get(broker);
            List<ShardId> led = leader == null ? List.of() : composed.shards().ledBy(leader);
            List<Candidate> others = candidates().stream()
                    .filter(candidate -> !candidate.incarnation().equals(leader))
                    .toList();
            if (!led.isEmpty()) {
                move(
                        "move one of " + broker,
                        PlacementPlan.filling(leaders(), List.of(led.getFirst()), others)
                                .moves());
            }
        }

        // ---- decisions

        private void look() {
            for (Verdict verdict : detector.judge(process.nanos())) {
                switch (verdict) {
                    case Verdict.Gone(String broker) -> giveUp(broker, "is gone");
                    case Verdict.Suspected(String broker, Verdict.Symptom symptom) ->
                        giveUp(broker, "is suspected: " + symptom);
                    case Verdict.Held held -> world.trace().line(process, "holds back: %s", held);
                }
            }
            decide();
            process.schedule(LOOK, actor, this::look);
        }

        private void giveUp(String name, String why) {
            world.trace().line(process, "gives up %s: it %s", name, why);
            for (SimulatedBroker broker : List.copyOf(ready.keySet())) {
                if (broker.name().equals(name)) {
                    dead.add(ready.get(broker));
                    ready.remove(broker);
                }
            }
            dead.addAll(incarnationsOf(name));
            // Whoever is given up is shown the door; if it wakes it may come back, as somebody new.
            ours().stream().filter(broker -> broker.name().equals(name)).forEach(SimulatedBroker::streamBreaks);
        }

        private List<Incarnation> incarnationsOf(String name) {
            List<Incarnation> known = new ArrayList<>();
            composed.shards().incarnations().forEach((incarnation, announced) -> {
                Endpoint endpoint = announced.endpoint();
                if (World.brokerName(endpoint.nodeId(), endpoint.brokerEpoch()).equals(name)) {
                    known.add(incarnation);
                }
            });
            return known;
        }

        /// Compares what is with what should be; one change at a time, so that a lost one is simply found
        /// again.
        private void decide() {
            if (!database.outbox.isEmpty() || image.shards().count() == 0 || isShutOut() || (adopts && !owns())) {
                return;
            }
            ShardTable table = image.shards();
            List<ShardId> shards = new ArrayList<>();
            for (int number = 0; number < table.count(); number++) {
                shards.add(new ShardId(number));
            }
            List<Incarnation> registered = new ArrayList<>();
            table.incarnations().forEach((incarnation, announced) -> {
                if (!announced.retired()) {
                    registered.add(incarnation);
                }
            });
            List<Candidate> living = candidates();
            FailoverPlan plan = FailoverPlan.of(shards, leaders(), registered, dead, living);
            if (!plan.isEmpty()) {
                List<MetalogRecord> records = assign(plan.heirs());
                plan.retired().forEach(incarnation -> records.add(MetalogRecords.retire(incarnation)));
                countFailovers(plan);
                change("fail over", records);
            } else if (process.nanos() - levelledAt > 2_000_000_000L) {
                levelledAt = process.nanos();
                move(
                        "level",
                        PlacementPlan.levelling(
                                        leaders(), living, 1 + process.random().nextInt(2))
                                .moves());
            }
        }

        private void countFailovers(FailoverPlan plan) {
            for (Incarnation incarnation : plan.retired()) {
                boolean led = plan.heirs().keySet().stream()
                        .anyMatch(shard -> image.shards()
                                .current(shard)
                                .filter(tenure -> tenure.incarnation().equals(incarnation))
                                .isPresent());
                if (led) {
                    world.failedOver(
                            Optional.ofNullable(image.shards().incarnations().get(incarnation))
                                    .map(announced -> World.brokerName(
                                            announced.endpoint().nodeId(),
                                            announced.endpoint().brokerEpoch()))
                                    .orElse("nobody"));
                }
            }
        }

        private void move(String why, SequencedMap<ShardId, Incarnation> moves) {
            if (!moves.isEmpty()) {
                change(why, assign(moves));
            }
        }

        private List<MetalogRecord> assign(SequencedMap<ShardId, Incarnation> moves) {
            List<MetalogRecord> records = new ArrayList<>();
            ready.forEach((broker, incarnation) -> {
                if (moves.containsValue(incarnation)
                        && !composed.shards().incarnations().containsKey(incarnation)) {
                    records.add(MetalogRecords.announce(new Endpoint(
                            broker.node(), broker.name(), 9092, Optional.empty(), incarnation, broker.epoch())));
                }
            });
            records.addAll(MetalogRecords.assignShards(moves));
            return records;
        }

        private SortedMap<ShardId, Incarnation> leaders() {
            SortedMap<ShardId, Incarnation> leaders = new TreeMap<>();
            for (int number = 0; number < composed.shards().count(); number++) {
                ShardId shard = new ShardId(number);
                composed.shards().current(shard).ifPresent(tenure -> leaders.put(shard, tenure.incarnation()));
            }
            return leaders;
        }

        private List<Candidate> candidates() {
            List<Candidate> candidates = new ArrayList<>();
            ready.forEach((broker, incarnation) -> {
                if (!dead.contains(incarnation)
                        && !composed.shards().isRetired(incarnation)
                        && (!resting.contains(broker) || ready.size() == 1)) {
                    candidates.add(new Candidate(incarnation, broker.node(), "", 0));
                }
            });
            return candidates;
        }
    }
}
