// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.broker.cluster.ServedCluster;
import io.penstock.broker.leadership.TenureReports;
import io.penstock.broker.request.ProgressListener;
import io.penstock.log.AppendOrigin;
import io.penstock.log.ClusterLog;
import io.penstock.log.DeletionOutcome;
import io.penstock.log.Durability;
import io.penstock.log.Isolation;
import io.penstock.log.OffsetLookup;
import io.penstock.log.PartitionRef;
import io.penstock.log.ReadOutcome;
import io.penstock.log.Sequencing;
import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.ImageChange;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.simulation.judge.Invariant;
import io.penstock.simulation.judge.Judge;
import io.penstock.simulation.judge.Payload;
import io.penstock.simulation.scheduler.VirtualProcess;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.kafka.common.Uuid;

/// One broker process: the production leadership code over the production log, between a simulated store
/// and simulated connections.
///
/// What it tells clients is put before the judge at the instant it is told, whether or not a client still
/// listens.
final class SimulatedBroker {
    private static final Duration HEARTBEAT = Duration.ofMillis(500);

    /// What a client hears of a request to produce.
    enum Produced {
        STORED,
        /// Older than what the broker remembers: it is stored, nobody knows where.
        STORED_LONG_AGO,
        NOT_LEADER,
        TRY_AGAIN
    }

    private final World world;
    private final ControlPlane home;
    private final String name;
    private final int node;
    private final long epoch;
    private final VirtualProcess process;
    private final ServedCluster cluster;
    private final Executor actor;
    private int putsInFlightAtFault;
    private boolean linked;
    private boolean cut;

    /// @param home whose broker it is, for life
    SimulatedBroker(World world, ControlPlane home, String name, int node, long epoch) {
        this.world = world;
        this.home = home;
        this.name = name;
        this.node = node;
        this.epoch = epoch;
        this.process = world.scheduler().process(name);
        this.actor = process.newActor("session");
        ObjectStore store = world.store().connect(process);
        this.cluster = new ServedCluster(
                World.CLUSTER,
                World.PREFIX,
                store,
                FollowerSettings.defaults(),
                process,
                (incarnation, listener) -> world.newLog(store, incarnation, process, listener),
                new Reports(),
                world.scenario().claimsHonoured() ? Optional.of(home.identity()) : Optional.empty());
        cluster.listen(new Told());
    }

    void start() {
        world.trace().line(name, "starts");
        cluster.start();
        // Until the first stream stands there is nobody to push entries.
        cluster.streamBroken();
        process.deliver(0, this::heartbeat);
        reconnectSoon();
    }

    ControlPlane home() {
        return home;
    }

    String name() {
        return name;
    }

    int node() {
        return node;
    }

    long epoch() {
        return epoch;
    }

    VirtualProcess process() {
        return process;
    }

    ServedCluster cluster() {
        return cluster;
    }

    // ---- faults

    void kill() {
        noteFault();
        world.trace().line("CHAOS", "%s is killed with %d puts in flight", name, putsInFlightAtFault);
        process.kill();
    }

    void freeze() {
        noteFault();
        world.trace().line("CHAOS", "%s is frozen with %d puts in flight", name, putsInFlightAtFault);
        process.freeze();
    }

    void thaw() {
        if (!process.isRunning() && !process.isDead()) {
            world.trace().line("CHAOS", "%s wakes", name);
            process.thaw();
        }
    }

    /// The connection to the control plane is cut, and stays so.
    void cut() {
        noteFault();
        world.trace().line("CHAOS", "%s loses the control plane", name);
        cut = true;
        streamBreaks();
    }

    void mend() {
        if (cut) {
            world.trace().line("CHAOS", "%s may reach the control plane again", name);
            cut = false;
        }
    }

    private void noteFault() {
        putsInFlightAtFault = world.store().putsInFlight(process);
    }

    /// Puts that were unanswered when it was last struck, or that are now.
    int putsInFlight() {
        return Math.max(
                putsInFlightAtFault, process.isDead() ? 0 : world.store().putsInFlight(process));
    }

    // ---- the stream to the control plane

    boolean isLinked() {
        return linked;
    }

    /// The stream broke; both ends notice.
    void streamBreaks() {
        if (linked) {
            linked = false;
            home.streamBroken(this);
            process.deliver(world.networkDelay(), cluster::streamBroken);
            reconnectSoon();
        }
    }

    private void reconnectSoon() {
        process.deliver(100_000_000 + world.chance().nextLong(900_000_000), this::reconnect);
    }

    private void reconnect() {
        if (linked) {
            return;
        }
        if (cut || !home.isUp()) {
            reconnectSoon();
            return;
        }
        linked = true;
        world.trace().line(name, "has a stream to the control plane");
        home.connected(this);
        cluster.streamRestored();
    }

    /// Something comes down the stream.
    void told(Runnable message) {
        if (linked) {
            process.deliver(world.networkDelay(), () -> actor.execute(message));
        }
    }

    private void say(String what, Consumer<ControlPlane> message) {
        world.trace().line(name, "says %s%s", what, linked ? "" : ", to nobody");
        if (linked) {
            world.scheduler().afterNanos(world.networkDelay(), () -> {
                if (linked && home.isUp()) {
                    message.accept(home);
                }
            });
        }
    }

    private void heartbeat() {
        if (linked) {
            Map<String, String> marks = new TreeMap<>();
            long pending = 0;
            Optional<ClusterLog> log = cluster.log();
            if (log.isPresent()) {
                var status = log.get().status();
                marks.put(World.CLUSTER, log.get().incarnation() + "/" + status.generation() + "/" + status.frontier());
                pending = status.pendingBytes();
            }
            long waiting = pending;
            int applied = cluster.image().number();
            world.scheduler().afterNanos(world.networkDelay(), () -> {
                if (linked && home.isUp()) {
                    home.heartbeat(this, marks, applied, waiting);
                }
            });
        }
        process.schedule(HEARTBEAT, actor, this::heartbeat);
    }

    // ---- what clients ask

    /// Handles a produce request; runs in the process.
    void produce(PartitionRef partition, ByteBuffer batch, long firstPayload, int count, Consumer<Produced> answer) {
        Optional<ClusterLog> log = cluster.log();
        if (log.isEmpty()) {
            answer.accept(Produced.NOT_LEADER);
            return;
        }
        log.get().append(partition, batch, AppendOrigin.CLIENT).thenAccept(sequencing -> {
            switch (sequencing) {
                case Sequencing.Refused(var reason, String detail) -> {
                    world.trace()
                            .line(
                                    name,
                                    "refuses %s of %s: %s %s",
                                    Payload.text(firstPayload),
                                    partition,
                                    reason,
                                    detail);
                    switch (reason) {
                        case NOT_LEADER, DROPPED -> answer.accept(Produced.NOT_LEADER);
                        case DUPLICATE_TOO_OLD -> answer.accept(Produced.STORED_LONG_AGO);
                        case OUT_OF_ORDER_SEQUENCE, OVERLOADED, UNKNOWN_PRODUCER -> answer.accept(Produced.TRY_AGAIN);
                        case INVALID_PRODUCER_EPOCH, INVALID_TRANSACTION, COORDINATOR_FENCED, INVALID_BATCH -> {
                            world.judge()
                                    .violated(
                                            Invariant.NO_CORRUPTION,
                                            "%s refuses a good batch: %s %s",
                                            name,
                                            reason,
                                            detail);
                            answer.accept(Produced.TRY_AGAIN);
                        }
                    }
                }
                case Sequencing.Sequenced sequenced ->
                    sequenced.durability().thenAccept(durability -> {
                        if (durability == Durability.DURABLE) {
                            acknowledge(partition, sequenced, firstPayload, count);
                        }
                        world.trace()
                                .line(
                                        name,
                                        "answers %s of %s at %d: %s",
                                        Payload.text(firstPayload),
                                        partition,
                                        sequenced.baseOffset(),
                                        durability);
                        answer.accept(
                                switch (durability) {
                                    case DURABLE -> Produced.STORED;
                                    case FENCED -> Produced.NOT_LEADER;
                                    case UNDECIDED -> Produced.TRY_AGAIN;
                                });
                    });
            }
        });
    }

    private void acknowledge(PartitionRef partition, Sequencing.Sequenced sequenced, long firstPayload, int count) {
        for (int i = 0; i < count; i++) {
            world.judge().acknowledged(partition, sequenced.baseOffset() + i, firstPayload + i);
        }
    }

    /// Handles a fetch request; runs in the process.
    ///
    /// @param answer the position after what was read; empty if nothing was served from here
    void fetch(PartitionRef partition, long from, Consumer<Optional<Long>> answer) {
        Optional<ClusterLog> log = cluster.log();
        if (log.isEmpty()) {
            answer.accept(Optional.empty());
            return;
        }
        Judge judge = world.judge();
        Incarnation by = log.get().incarnation();
        long toldBefore = judge.toldEnd(partition);
        long toldByUs = judge.toldBy(partition, by);
        long startBefore = judge.toldStart(partition);
        log.get().read(partition, from, 16_384, Isolation.READ_UNCOMMITTED).thenAccept(outcome -> {
            switch (outcome) {
                case ReadOutcome.Records records -> {
                    judge.highWatermark(partition, by, records.highWatermark(), toldByUs);
                    judge.logStart(partition, by, records.logStartOffset(), 0);
                    long[] position = {from};
                    for (ByteBuffer batch : records.batches()) {
                        Payload.read(batch, (offset, epochOfBatch, timestamp, payload) -> {
                            judge.served(partition, offset, payload);
                            judge.skipped(partition, by, position[0], offset);
                            position[0] = Math.max(position[0], offset + 1);
                        });
                        long end = Payload.end(batch);
                        judge.skipped(partition, by, position[0], end);
                        position[0] = Math.max(position[0], end);
                    }
                    answer.accept(Optional.of(position[0]));
                }
                case ReadOutcome.OutOfRange(long logStart, long highWatermark) -> {
                    world.trace()
                            .line(
                                    name,
                                    "says %d of %s is out of range %d..%d",
                                    from,
                                    partition,
                                    logStart,
                                    highWatermark);
                    judge.logStart(partition, by, logStart, startBefore);
                    judge.outOfRange(partition, by, from, toldBefore);
                    answer.accept(from < logStart ? Optional.of(logStart) : Optional.empty());
                }
                case ReadOutcome.NotLeader _, ReadOutcome.Unavailable _ -> answer.accept(Optional.empty());
            }
        });
    }

    /// Handles a question for the latest offset; runs in the process.
    ///
    /// @param answer the latest offset; empty if it is not known here
    void latest(PartitionRef partition, Consumer<Optional<Long>> answer) {
        Optional<ClusterLog> log = cluster.log();
        if (log.isEmpty()) {
            answer.accept(Optional.empty());
            return;
        }
        Judge judge = world.judge();
        Incarnation by = log.get().incarnation();
        long toldBefore = judge.toldEnd(partition);
        long startBefore = judge.toldStart(partition);
        log.get().readBarrier().thenAccept(proven -> {
            if (!proven) {
                answer.accept(Optional.empty());
                return;
            }
            log.get().offsets(partition).thenAccept(offsets -> {
                if (offsets.isEmpty()) {
                    answer.accept(Optional.empty());
                    return;
                }
                long latest = offsets.get().highWatermark();
                judge.latestOffset(partition, by, latest, toldBefore);
                judge.logStart(partition, by, offsets.get().logStartOffset(), startBefore);
                answer.accept(Optional.of(latest));
            });
        });
    }

    /// Handles a request to delete records; runs in the process.
    void delete(PartitionRef partition, long beforeOffset) {
        Optional<ClusterLog> log = cluster.log();
        if (log.isEmpty()) {
            return;
        }
        Judge judge = world.judge();
        Incarnation by = log.get().incarnation();
        long toldBefore = judge.toldEnd(partition);
        log.get().deleteRecords(partition, beforeOffset).thenAccept(outcome -> {
            world.trace().line(name, "is asked to delete %s below %d: %s", partition, beforeOffset, outcome);
            switch (outcome) {
                case DeletionOutcome.Deleted(long logStart) -> judge.logStart(partition, by, logStart, beforeOffset);
                case DeletionOutcome.OutOfRange _ -> judge.outOfRange(partition, by, beforeOffset, toldBefore);
                case DeletionOutcome.NotLeader _, DeletionOutcome.Unavailable _ -> {}
            }
        });
    }

    /// Handles questions for the end of some epoch and for the first record of some time; runs in the
    /// process.
    void lookUp(PartitionRef partition, int any) {
        Optional<ClusterLog> log = cluster.log();
        if (log.isEmpty()) {
            return;
        }
        Judge judge = world.judge();
        Incarnation by = log.get().incarnation();
        long toldBefore = judge.toldEnd(partition);
        long startBefore = judge.toldStart(partition);
        int epochAsked = judge.someEpoch(partition, any);
        long timestamp = judge.someTimestamp(partition, any);
        log.get().readBarrier().thenAccept(proven -> {
            if (!proven) {
                return;
            }
            log.get().endOffsetForEpoch(partition, epochAsked).thenAccept(answer -> {
                if (answer instanceof OffsetLookup.Found found) {
                    judge.endOfEpoch(partition, by, epochAsked, found.offset(), toldBefore);
                }
            });
            log.get()
                    .offsetForTimestamp(partition, timestamp, Isolation.READ_UNCOMMITTED)
                    .thenAccept(answer -> {
                        switch (answer) {
                            case OffsetLookup.Found found ->
                                judge.firstAtOrAfter(
                                        partition,
                                        by,
                                        timestamp,
                                        found.offset(),
                                        found.timestamp(),
                                        toldBefore,
                                        startBefore);
                            case OffsetLookup.None _ ->
                                judge.firstAtOrAfter(partition, by, timestamp, -1, -1, toldBefore, startBefore);
                            case OffsetLookup.NotLeader _, OffsetLookup.Unavailable _ -> {}
                        }
                    });
        });
    }

    @Override
    public String toString() {
        return name;
    }

    /// What the production code reports goes up the stream, if there is one.
    private final class Reports implements TenureReports {
        @Override
        public void incarnationReady(Incarnation incarnation) {
            say("ready as " + incarnation, control -> control.incarnationReady(SimulatedBroker.this, incarnation));
        }

        @Override
        public void handedOff(ShardId shard, LeaderEpoch epochLeft, WalSlot where) {
            world.handedOff();
            say(
                    "shard " + shard + " of epoch " + epochLeft + " is handed off in " + where,
                    control -> control.handedOff(shard, epochLeft, where));
        }

        @Override
        public void checkpointReached(ShardId shard, LeaderEpoch below) {
            say("checkpoint of shard " + shard + " below " + below, control -> control.checkpoint(shard, below));
        }

        @Override
        public void claimed(UUID owner, int entry) {
            world.trace().line(name, "lets go of the cluster: entry %d, owner %s", entry, owner);
        }

        @Override
        public void topicDropped(Uuid topicId, Set<ShardId> shards) {
            say(
                    "topic " + topicId + " is dropped in shards " + new TreeSet<>(shards),
                    control -> control.topicDropped(topicId, shards));
        }
    }

    private final class Told implements ProgressListener {
        @Override
        public void shardOpened(ShardId shard, LeaderEpoch epochOpened) {
            world.trace().line(name, "serves shard %s at epoch %s", shard, epochOpened);
            world.requireOwner(SimulatedBroker.this, epochOpened);
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epochClosed) {
            world.trace().line(name, "serves shard %s at epoch %s no more", shard, epochClosed);
        }

        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            cluster.incarnation().ifPresent(by -> {
                if (highWatermark > world.judge().durableEnd(partition)) {
                    world.judge().highWatermark(partition, by, highWatermark, 0);
                }
            });
        }

        @Override
        public void incarnationFenced() {
            world.trace().line(name, "'s incarnation is over");
        }

        @Override
        public void imageChanged(ImageChange change) {
            world.trace().line(name, "applies entry %d", change.after().number());
            world.judge().applied(name, change.after().number(), change.after().checksum());
        }
    }
}
