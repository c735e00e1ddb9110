// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.control.fleet.Broker;
import io.penstock.control.fleet.BrokerPhase;
import io.penstock.control.fleet.BrokerProvisioner.Liveness;
import io.penstock.control.fleet.BrokerRegistry;
import io.penstock.control.fleet.ClusterAttachment;
import io.penstock.control.fleet.FleetEvent;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.MetalogConflictException;
import io.penstock.control.placement.BrokerLoads;
import io.penstock.control.placement.ClusterCensus;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.MetalogTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;

/// Gives up brokers that [FailureDetector] condemns, and moves their shards.
///
/// One transaction and one metalog entry per cluster move all shards of all its dead; clusters go in parallel, and
/// nobody waits for another broker's failover. Every look starts from image and roster, so what a crash
/// interrupted, or what found nobody living, is found and finished by the next.
public final class FailoverService {
    private static final Logger log = LoggerFactory.getLogger(FailoverService.class);
    private static final Duration LIVENESS_INTERVAL = Duration.ofMillis(10);
    private static final int TRIES = 3;

    private final Metalog metalog;
    private final BrokerRegistry registry;
    private final Function<String, Liveness> liveness;
    private final BrokerLoads loads;
    private final DetectorSettings settings;
    private final LongSupplier nanos;
    private final MetalogTimer timer;
    private final Executor threads;
    private final Map<String, FailureDetector> detectors = new TreeMap<>();
    private final Map<String, Verdict.Held> held = new HashMap<>();
    private final MeterRegistry meters;
    private final Timer failovers;
    private final Counter suspicions;
    private final Counter losses;

    /// @param liveness broker id → what its provisioner knows of its process
    /// @param nanos a monotonic clock
    public FailoverService(
            Metalog metalog,
            BrokerRegistry registry,
            Function<String, Liveness> liveness,
            BrokerLoads loads,
            DetectorSettings settings,
            LongSupplier nanos,
            MetalogTimer timer,
            Executor threads,
            MeterRegistry meters) {
        this.metalog = metalog;
        this.registry = registry;
        this.liveness = liveness;
        this.loads = loads;
        this.settings = settings;
        this.nanos = nanos;
        this.timer = timer;
        this.threads = threads;
        this.meters = meters;
        this.failovers = Timer.builder("penstock.failover")
                .description("From a verdict until the entry of one cluster is in the bucket")
                .publishPercentileHistogram()
                .register(meters);
        this.suspicions = Counter.builder("penstock.broker.suspicions")
                .description("Brokers given up on a guess")
                .register(meters);
        this.losses = Counter.builder("penstock.broker.losses")
                .description("Brokers given up because their process ended")
                .register(meters);
    }

    /// Once, after the registry was loaded: brokers that served should come back.
    public void awaitBrokers() {
        synchronized (detectors) {
            for (ClusterAttachment cluster : registry.clusters()) {
                for (Broker broker : registry.brokers(cluster.fleetId())) {
                    boolean served = broker.phase() == BrokerPhase.SERVING || broker.phase() == BrokerPhase.DRAINING;
                    if (served && !registry.isConnected(broker.id())) {
                        detector(broker.fleetId()).expect(broker.id(), nanos.getAsLong());
                    }
                }
            }
        }
    }

    private FailureDetector detector(String fleetId) {
        return detectors.computeIfAbsent(fleetId, f -> new FailureDetector(settings));
    }

    /// Hears what happens to fleets. Never blocks.
    @EventListener
    public void on(FleetEvent event) {
        switch (event) {
            case FleetEvent.BrokerConnected(String fleetId, String brokerId) -> {
                synchronized (detectors) {
                    detector(fleetId).connected(brokerId, nanos.getAsLong());
                }
            }
            case FleetEvent.BrokerHeard(String fleetId, String brokerId, List<ClusterReport> reports) -> {
                synchronized (detectors) {
                    detector(fleetId).heard(brokerId, progress(reports), nanos.getAsLong());
                }
            }
            case FleetEvent.BrokerDisconnected(String fleetId, String brokerId) -> {
                long now = nanos.getAsLong();
                synchronized (detectors) {
                    detector(fleetId).streamBroken(brokerId, now);
                }
                threads.execute(() -> watch(fleetId, brokerId, now));
            }
            case FleetEvent.ProcessEnded(String fleetId, String brokerId) -> ended(fleetId, brokerId);
            case FleetEvent.RosterChanged(String clusterId) ->
                // Somebody may have come who can lead what the dead still lead on paper.
                threads.execute(() -> failOver(clusterId));
            case FleetEvent.DrainRequested _, FleetEvent.ShardHandedOff _, FleetEvent.PhaseChanged _ -> {}
        }
    }

    private static Map<String, Progress> progress(List<ClusterReport> reports) {
        var progress = new HashMap<String, Progress>();
        for (ClusterReport report : reports) {
            progress.put(
                    report.getClusterId(),
                    new Progress(
                            report.getIncarnation() + "/" + report.getGeneration() + "/" + report.getFrontier(),
                            report.getPendingBytes()));
        }
        return progress;
    }

    /// A broken stream and the end of its process are seen in either order, a moment apart.
    private void watch(String fleetId, String brokerId, long since) {
        if (registry.isConnected(brokerId) || registry.broker(brokerId).isEmpty()) {
            return;
        }
        if (liveness.apply(brokerId) == Liveness.ENDED) {
            ended(fleetId, brokerId);
        } else if (nanos.getAsLong() - since < settings.reconnectGrace().toNanos()) {
            timer.schedule(LIVENESS_INTERVAL, threads, () -> watch(fleetId, brokerId, since));
        } else {
            look();
        }
    }

    private void ended(String fleetId, String brokerId) {
        synchronized (detectors) {
            detector(fleetId).processGone(brokerId, nanos.getAsLong());
        }
        threads.execute(this::look);
    }

    /// Asks the detectors and acts. Called about ten times a second.
    public void look() {
        List<Verdict> verdicts = new ArrayList<>();
        synchronized (detectors) {
            detectors.values().forEach(detector -> verdicts.addAll(detector.judge(nanos.getAsLong())));
        }
        for (Verdict verdict : verdicts) {
            switch (verdict) {
                case Verdict.Gone(String brokerId) -> {
                    losses.increment();
                    threads.execute(() -> giveUp(brokerId, true, "its process ended"));
                }
                case Verdict.Suspected(String brokerId, Verdict.Symptom symptom) -> {
                    suspicions.increment();
                    threads.execute(() -> giveUp(brokerId, false, symptom.name()));
                }
                case Verdict.Held hold -> {
                    synchronized (held) {
                        if (!hold.equals(held.put(hold.broker(), hold))) {
                            log.warn(
                                    "event=suspicion_held broker={} symptom={} because={}",
                                    hold.broker(),
                                    hold.symptom(),
                                    hold.reason());
                        }
                    }
                }
            }
        }
    }

    private void giveUp(String brokerId, boolean gone, String reason) {
        synchronized (held) {
            held.remove(brokerId);
        }
        Timer.Sample sample = Timer.start(meters);
        List<String> clusters = registry.broker(brokerId)
                .map(broker -> registry.clustersOf(broker.fleetId()))
                .orElse(List.of());
        registry.condemn(brokerId);
        for (String clusterId : clusters) {
            threads.execute(() -> failOver(clusterId)
                    .thenRun(() -> log.info(
                            "event=failed_over broker={} cluster={} millis={}",
                            brokerId,
                            clusterId,
                            sample.stop(failovers) / 1_000_000)));
        }
        registry.giveUp(brokerId, gone, reason);
    }

    /// A look at every cluster: finishes what was interrupted, or what had found nobody living.
    public void sweep() {
        registry.clusters().forEach(cluster -> failOver(cluster.clusterId()));
    }

    /// @return completes when the cluster's dead lead nothing any more, as far as anybody lives
    CompletableFuture<Void> failOver(String clusterId) {
        if (registry.isClosing()) {
            return CompletableFuture.completedFuture(null);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                if (metalog.image(clusterId).number() == 0
                        || records(metalog.image(clusterId), clusterId, Map.of())
                                .isEmpty()) {
                    return CompletableFuture.completedFuture(null);
                }
                Map<String, Integer> otherLoads = loads.outside(clusterId);
                Metalog.Appended entry = metalog.change(clusterId, image -> records(image, clusterId, otherLoads));
                log.info("event=failover cluster={} entry={}", clusterId, entry.number());
                return entry.stored();
            } catch (MetalogConflictException e) {
                if (attempt == TRIES) {
                    return CompletableFuture.failedFuture(e);
                }
            } catch (RuntimeException e) {
                log.warn("event=failover_failed cluster={} cause={}", clusterId, e.toString());
                return CompletableFuture.failedFuture(e);
            }
        }
    }

    private List<MetalogRecord> records(ClusterImage image, String clusterId, Map<String, Integer> otherLoads) {
        var census = new ClusterCensus(image, registry.roster(clusterId), otherLoads);
        if (census.dead().isEmpty()) {
            return List.of();
        }
        var plan = FailoverPlan.of(
                census.shards(), census.leaders(), census.registered(), census.dead(), census.candidates());
        return census.records(plan.retired(), plan.heirs());
    }
}
