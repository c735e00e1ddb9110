// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.ClusterLog;
import io.penstock.log.HandOffOutcome;
import io.penstock.log.LogListener;
import io.penstock.log.OpenOutcome;
import io.penstock.log.PartitionRef;
import io.penstock.log.ShardOpening;
import io.penstock.metadata.ShardTable;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One incarnation of this broker in one cluster, from its first assignment until a seal, a retirement or the process
/// ends it.
///
/// Guarantee: a shard is opened only at an epoch the metalog assigned to this incarnation, and is handed off as soon as
/// a later entry
/// takes it away. Everything happens on one actor; the decisions are [ShardDuties]', the safety is the log's.
public final class ClusterTenure {
    private static final Logger log = LoggerFactory.getLogger(ClusterTenure.class);

    private final String cluster;
    private final Incarnation incarnation;
    private final ClusterLog clusterLog;
    private final Executor actor;
    private final TenureReports reports;
    private final TenureListener listener;
    private final Map<ShardId, ShardTenure> held = new HashMap<>();
    private final Map<Drop, Boolean> drops = new LinkedHashMap<>(); // whether it is durable
    private List<ShardAssignment> assignments = List.of();
    private SortedMap<Uuid, SortedSet<ShardId>> closing = new TreeMap<>();
    private SortedMap<Uuid, SortedSet<ShardId>> dropping = new TreeMap<>();
    private boolean over;

    /// A DROP of this tenure.
    private record Drop(ShardId shard, LeaderEpoch epoch, Uuid topicId) {}

    /// @param actor serial; [#assigned], [#topicsDeleted] and [#close] are called on it
    /// @param newLog opens the log of this incarnation, given whom it has to tell
    public ClusterTenure(
            String cluster,
            Incarnation incarnation,
            Function<LogListener, ClusterLog> newLog,
            Executor actor,
            TenureReports reports,
            TenureListener listener) {
        this.cluster = cluster;
        this.incarnation = incarnation;
        this.actor = actor;
        this.reports = reports;
        this.listener = listener;
        this.clusterLog = newLog.apply(new FromLog());
    }

    public Incarnation incarnation() {
        return incarnation;
    }

    public ClusterLog log() {
        return clusterLog;
    }

    /// The metalog's shard table, after every applied entry that changed it.
    public void assigned(ShardTable table) {
        if (table.isRetired(incarnation)) {
            // A seal waits for us anyway: begin anew, and let the store say what became of what is on its way to it.
            if (!over) {
                clusterLog.retire();
                end("retired by the metalog");
            }
            return;
        }
        assignments = Assignments.of(table);
        actOnDuties();
    }

    /// A hint from another broker, by way of the control plane.
    public void handOffReported(ShardId shard, LeaderEpoch predecessor, WalSlot where) {
        clusterLog.handOffReported(shard, predecessor, where);
    }

    /// The deleted topics, and the shards that hold parts of them. To be called when one went a step on, and
    /// whenever earlier reports may have been lost: what was reported already is reported again.
    ///
    /// @param restorable those that keep their records and whose names are still taken: since this broker
    ///     knows that they are deleted, nobody is led to them here any more, which is reported for what is led
    ///     here, now or later
    /// @param forGood those whose records go: makes DROP durable in shards that are led here, now or later in
    ///     this tenure, and reports each that is
    public void topicsDeleted(
            SortedMap<Uuid, SortedSet<ShardId>> restorable, SortedMap<Uuid, SortedSet<ShardId>> forGood) {
        closing = new TreeMap<>(restorable);
        dropping = new TreeMap<>(forGood);
        drops.keySet().removeIf(drop -> !dropping.containsKey(drop.topicId));
        drops.forEach((drop, durable) -> {
            if (durable) {
                reports.topicDropped(drop.topicId, Set.of(drop.shard));
            }
        });
        closing.forEach((topicId, shards) -> shards.forEach(shard -> close(shard, topicId)));
        dropping.forEach((topicId, shards) -> shards.forEach(shard -> drop(shard, topicId)));
    }

    private void close(ShardId shard, Uuid topicId) {
        if (!over && held.get(shard) instanceof ShardTenure.Leading) {
            reports.topicClosed(topicId, shard);
        }
    }

    private void drop(ShardId shard, Uuid topicId) {
        if (over || !(held.get(shard) instanceof ShardTenure.Leading leading)) {
            return;
        }
        Drop drop = new Drop(shard, leading.epoch(), topicId);
        if (drops.putIfAbsent(drop, false) != null) {
            return;
        }
        clusterLog
                .drop(shard, topicId)
                .whenCompleteAsync(
                        (durable, failure) -> {
                            if (failure == null && durable && !over) {
                                drops.computeIfPresent(drop, (same, before) -> true);
                                reports.topicDropped(topicId, Set.of(shard));
                            } else {
                                drops.remove(drop); // whoever leads the shard next does it
                            }
                        },
                        actor);
    }

    /// Stops without a word to anybody, as a crash would.
    public void close() {
        over = true;
        clusterLog.close();
    }

    private void actOnDuties() {
        if (over) {
            return;
        }
        for (ShardDuty duty : ShardDuties.decide(incarnation, assignments, held)) {
            switch (duty) {
                case ShardDuty.Open open -> open(open.opening());
                case ShardDuty.HandOff handOff -> handOff(handOff);
            }
        }
    }

    private void open(ShardOpening opening) {
        ShardTenure.Opening opened = new ShardTenure.Opening(opening.epoch());
        held.put(opening.shard(), opened);
        clusterLog
                .open(opening)
                .whenCompleteAsync((outcome, failure) -> opened(opening, opened, outcome, failure), actor);
    }

    private void opened(ShardOpening opening, ShardTenure.Opening tenure, OpenOutcome outcome, Throwable failure) {
        ShardId shard = opening.shard();
        if (failure != null) {
            log.error(
                    "cluster={} shard={} leaderEpoch={} could not be opened", cluster, shard, tenure.epoch(), failure);
            return;
        }
        if (over || !tenure.equals(held.get(shard))) {
            return; // handed off or ended while it was opening
        }
        switch (outcome) {
            case OpenOutcome.Opened done -> {
                held.put(shard, tenure.opened());
                log.info(
                        "cluster={} shard={} leaderEpoch={} opened partitions={} slotsRead={}",
                        cluster,
                        shard,
                        tenure.epoch(),
                        done.partitions(),
                        done.slotsRead());
                listener.shardOpened(shard, tenure.epoch());
                if (!opening.predecessors().isEmpty()) {
                    reports.checkpointReached(shard, tenure.epoch());
                }
                // Its former leader may have died before it could.
                closing.forEach((topicId, shards) -> {
                    if (shards.contains(shard)) {
                        close(shard, topicId);
                    }
                });
                dropping.forEach((topicId, shards) -> {
                    if (shards.contains(shard)) {
                        drop(shard, topicId);
                    }
                });
            }
            case OpenOutcome.Superseded superseded -> {
                held.put(shard, new ShardTenure.Over(tenure.epoch()));
                log.info(
                        "cluster={} shard={} leaderEpoch={} superseded before it served",
                        cluster,
                        shard,
                        tenure.epoch());
            }
            case OpenOutcome.Corrupt corrupt ->
                // It stays Opening: only a later assignment may try again, and nobody serves a log with a hole.
                log.error(
                        "cluster={} shard={} leaderEpoch={} is damaged and stays closed: {}",
                        cluster,
                        shard,
                        tenure.epoch(),
                        corrupt.detail());
        }
        actOnDuties();
    }

    private void handOff(ShardDuty.HandOff duty) {
        ShardId shard = duty.shard();
        ShardTenure.HandingOff leaving = new ShardTenure.HandingOff(duty.epoch());
        held.put(shard, leaving);
        listener.shardClosed(shard, duty.epoch());
        clusterLog
                .handOff(shard, duty.epoch())
                .whenCompleteAsync(
                        (outcome, failure) -> {
                            if (failure != null) {
                                log.error(
                                        "cluster={} shard={} leaderEpoch={} could not be handed off",
                                        cluster,
                                        shard,
                                        duty.epoch(),
                                        failure);
                                return;
                            }
                            if (over || !leaving.equals(held.get(shard))) {
                                return;
                            }
                            held.put(shard, leaving.done());
                            switch (outcome) {
                                case HandOffOutcome.HandedOff done -> {
                                    log.info(
                                            "cluster={} shard={} leaderEpoch={} handed off slot={}",
                                            cluster,
                                            shard,
                                            duty.epoch(),
                                            done.where());
                                    reports.handedOff(shard, duty.epoch(), done.where());
                                }
                                case HandOffOutcome.Fenced fenced ->
                                    log.info(
                                            "cluster={} shard={} leaderEpoch={} sealed before the hand-off",
                                            cluster,
                                            shard,
                                            duty.epoch());
                            }
                            actOnDuties();
                        },
                        actor);
    }

    private void end(String why) {
        if (over) {
            return;
        }
        log.info("cluster={} incarnation={} is over: {}", cluster, incarnation, why);
        over = true;
        held.forEach((shard, tenure) -> {
            if (tenure instanceof ShardTenure.Leading leading) {
                listener.shardClosed(shard, leading.epoch());
            }
        });
        held.clear();
        listener.tenureOver();
    }

    private final class FromLog implements LogListener {
        @Override
        public void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {
            listener.highWatermarkAdvanced(partition, highWatermark);
        }

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {
            listener.shardClosed(shard, epoch);
            actor.execute(() -> {
                ShardTenure tenure = held.get(shard);
                if (tenure != null && tenure.epoch().equals(epoch) && !(tenure instanceof ShardTenure.HandingOff)) {
                    held.put(shard, new ShardTenure.Over(epoch));
                    actOnDuties();
                }
            });
        }

        @Override
        public void incarnationFenced() {
            clusterLog.close();
            actor.execute(() -> end("sealed"));
        }
    }
}
