// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.control.fleet.BrokerRegistry;
import io.penstock.control.fleet.ClusterAttachment;
import io.penstock.control.fleet.FleetEvent;
import io.penstock.control.fleet.Member;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.MetalogConflictException;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;

/// Gives shards of living brokers to living brokers: the first assignment, a drain, levelling after somebody
/// joined.
///
/// Each is one metalog entry, decided from the very image that the entry follows, so two of them never
/// contradict each other. What a crash interrupts the next look finds again.
public final class PlacementService {
    private static final Logger log = LoggerFactory.getLogger(PlacementService.class);

    private final Metalog metalog;
    private final BrokerRegistry registry;
    private final BrokerLoads loads;
    private final PlacementSettings settings;
    private final Clock clock;
    private final LongSupplier nanos;
    private final Executor threads;
    private final Drains drains;
    private final ShardLoads shardLoads = new ShardLoads();
    private final ConcurrentMap<String, Instant> firstSeen = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Instant> lastMove = new ConcurrentHashMap<>();

    public PlacementService(
            Metalog metalog,
            BrokerRegistry registry,
            BrokerLoads loads,
            PlacementSettings settings,
            Clock clock,
            LongSupplier nanos,
            Executor threads) {
        this.metalog = metalog;
        this.registry = registry;
        this.loads = loads;
        this.settings = settings;
        this.clock = clock;
        this.nanos = nanos;
        this.threads = threads;
        this.drains = new Drains(settings.drainPatience());
    }

    /// Hears what happens to fleets. Never blocks.
    @EventListener
    public void on(FleetEvent event) {
        switch (event) {
            case FleetEvent.RosterChanged(String clusterId) -> threads.execute(() -> place(clusterId));
            case FleetEvent.DrainRequested(String fleetId, String brokerId) ->
                threads.execute(() -> drain(fleetId, brokerId));
            case FleetEvent.ShardHandedOff(String brokerId, String clusterId, int shard, int epoch) -> {
                synchronized (drains) {
                    drains.handedOff(brokerId, new Drains.Led(clusterId, shard, epoch));
                }
                letGo();
            }
            case FleetEvent.BrokerHeard(String _, String _, List<ClusterReport> reports) -> {
                long now = nanos.getAsLong();
                synchronized (shardLoads) {
                    reports.forEach(report -> shardLoads.heard(report, now));
                }
            }
            case FleetEvent.BrokerConnected _,
                    FleetEvent.BrokerDisconnected _,
                    FleetEvent.ProcessEnded _,
                    FleetEvent.PhaseChanged _ -> {}
        }
    }

    /// A look at every cluster. Called every second or so.
    public void sweep() {
        for (ClusterAttachment cluster : registry.clusters()) {
            place(cluster.clusterId());
            level(cluster.clusterId());
            balance(cluster.clusterId());
        }
        letGo();
    }

    /// Bytes a second that a fleet takes of producers, in all its clusters.
    double load(String fleetId) {
        List<String> clusters = registry.clustersOf(fleetId);
        synchronized (shardLoads) {
            return clusters.stream()
                    .flatMap(clusterId -> shardLoads.of(clusterId).values().stream())
                    .mapToDouble(load -> load)
                    .sum();
        }
    }

    /// Gives out what nobody leads, and what leaving brokers lead.
    void place(String clusterId) {
        change(clusterId, "placed", (image, census) -> {
            List<ShardId> homeless = census.homeless();
            if (homeless.isEmpty() || isWorthWaiting(clusterId, census)) {
                return Map.of();
            }
            return PlacementPlan.filling(census.leaders(), homeless, census.candidates())
                    .moves();
        });
    }

    /// Before a cluster's first assignment the fleet's other brokers are awaited for a moment.
    private boolean isWorthWaiting(String clusterId, ClusterCensus census) {
        if (!census.leaders().isEmpty()
                || census.candidates().isEmpty()
                || census.candidates().size() >= registry.expectedIn(clusterId)) {
            return false;
        }
        Instant since = firstSeen.computeIfAbsent(clusterId, c -> clock.instant());
        return clock.instant().isBefore(since.plus(settings.joinPatience()));
    }

    /// Moves a few shards from the fullest to the emptiest, if the cluster has settled.
    private void level(String clusterId) {
        Instant last = lastMove.getOrDefault(clusterId, Instant.EPOCH);
        if (clock.instant().isBefore(last.plus(settings.settle()))) {
            return;
        }
        change(clusterId, "levelled", (image, census) -> {
            boolean unsettled = !census.homeless().isEmpty() || !census.dead().isEmpty();
            int most = Math.max(1, image.shards().count() / settings.levellingShare());
            return unsettled
                    ? Map.of()
                    : PlacementPlan.levelling(census.leaders(), census.candidates(), most)
                            .moves();
        });
    }

    /// Exchanges busy shards for idle ones, if the cluster has settled for longer.
    private void balance(String clusterId) {
        Instant last = lastMove.getOrDefault(clusterId, Instant.EPOCH);
        if (clock.instant().isBefore(last.plus(settings.rebalance()))) {
            return;
        }
        Map<ShardId, Double> busy;
        synchronized (shardLoads) {
            busy = shardLoads.of(clusterId);
        }
        if (busy.values().stream().mapToDouble(load -> load).sum() < settings.leastGap()) {
            return;
        }
        change(clusterId, "balanced", (image, census) -> {
            boolean unsettled = !census.homeless().isEmpty() || !census.dead().isEmpty();
            int most = Math.max(2, image.shards().count() / settings.levellingShare());
            return unsettled
                    ? Map.of()
                    : LoadBalance.of(census.leaders(), census.candidates(), busy, settings.leastGap(), most);
        });
    }

    private interface Decision {
        Map<ShardId, Incarnation> moves(ClusterImage image, ClusterCensus census);
    }

    private void change(String clusterId, String what, Decision decision) {
        if (registry.isClosing()) {
            return;
        }
        try {
            Map<String, Integer> otherLoads = loads.outside(clusterId);
            // Most looks find nothing to do: see that without locking anything.
            if (records(metalog.image(clusterId), clusterId, otherLoads, decision)
                    .isEmpty()) {
                return;
            }
            Metalog.Appended entry =
                    metalog.change(clusterId, image -> records(image, clusterId, otherLoads, decision));
            lastMove.put(clusterId, clock.instant());
            log.info("event=shards_{} cluster={} entry={}", what, clusterId, entry.number());
        } catch (MetalogConflictException e) {
            log.info("event=placement_overtaken cluster={} cause={}", clusterId, e.getMessage());
        } catch (RuntimeException e) {
            log.warn("event=placement_failed cluster={} cause={}", clusterId, e.toString());
        }
    }

    private List<MetalogRecord> records(
            ClusterImage image, String clusterId, Map<String, Integer> otherLoads, Decision decision) {
        var census = new ClusterCensus(image, registry.roster(clusterId), otherLoads);
        Map<ShardId, Incarnation> moves = decision.moves(image, census);
        return moves.isEmpty() ? List.of() : census.records(List.of(), moves);
    }

    // ---- leaving

    private void drain(String fleetId, String brokerId) {
        Set<Drains.Led> led = new HashSet<>();
        List<String> clusters = registry.clustersOf(fleetId);
        for (String clusterId : clusters) {
            led.addAll(ledBy(brokerId, clusterId));
        }
        clusters.forEach(this::place);
        // Where nobody can take over, there is nobody to hand off to.
        if (registry.isClosing()) {
            led.clear();
        } else {
            led.removeIf(shard -> ledBy(brokerId, shard.clusterId()).contains(shard));
        }
        synchronized (drains) {
            drains.begin(brokerId, led, clock.instant());
        }
        letGo();
    }

    private Set<Drains.Led> ledBy(String brokerId, String clusterId) {
        ClusterImage image = metalog.image(clusterId);
        var led = new HashSet<Drains.Led>();
        for (Member member : registry.roster(clusterId).members().values()) {
            if (member.brokerId().equals(brokerId)) {
                image.shards()
                        .ledBy(member.incarnation())
                        .forEach(shard -> image.shards()
                                .current(shard)
                                .ifPresent(tenure -> led.add(new Drains.Led(
                                        clusterId,
                                        shard.number(),
                                        tenure.epoch().number()))));
            }
        }
        return led;
    }

    private void letGo() {
        List<String> done;
        synchronized (drains) {
            done = drains.done(clock.instant());
        }
        done.forEach(registry::drained);
    }
}
