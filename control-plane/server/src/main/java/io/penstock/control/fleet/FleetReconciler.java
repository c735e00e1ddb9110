// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.fleet.BrokerProvisioner.BrokerLaunch;
import io.penstock.control.fleet.BrokerProvisioner.Liveness;
import io.penstock.control.fleet.FleetPlan.Situation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Does what [FleetPlan] says: closes the gap between the brokers that should be and those that are.
///
/// A fleet whose processes end before they serve is started again more and more slowly.
public final class FleetReconciler {
    private static final Logger log = LoggerFactory.getLogger(FleetReconciler.class);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

    private final BrokerRegistry registry;
    private final Brokers rows;
    private final StepNotes notes;
    private final Supplier<Map<String, FleetWish>> desired;
    private final BrokerProvisioner provisioner;
    private final Supplier<String> ids;
    private final FleetSettings settings;
    private final Clock clock;
    private final RandomGenerator random;
    private final Map<String, Integer> failedStarts = new HashMap<>();
    private final Map<String, Instant> notBefore = new HashMap<>();
    private boolean closing;

    /// Hears of a step just before it is done.
    interface StepNotes {
        void begin(BrokerWorkflow workflow, String brokerId, String step);
    }

    /// @param desired fleet id → what it should be
    /// @param ids new broker ids
    FleetReconciler(
            BrokerRegistry registry,
            Brokers rows,
            StepNotes notes,
            Supplier<Map<String, FleetWish>> desired,
            BrokerProvisioner provisioner,
            Supplier<String> ids,
            FleetSettings settings,
            Clock clock,
            RandomGenerator random) {
        this.registry = registry;
        this.rows = rows;
        this.notes = notes;
        this.desired = desired;
        this.provisioner = provisioner;
        this.ids = ids;
        this.settings = settings;
        this.clock = clock;
        this.random = random;
    }

    /// Once, after the registry was loaded: watches the processes that a former control plane started.
    void adopt() {
        for (String fleetId : desired.get().keySet()) {
            for (Broker broker : registry.brokers(fleetId)) {
                // One without a process was wished for, and perhaps started: then it shows its join token soon.
                broker.process().ifPresent(process -> {
                    provisioner.adopt(process, () -> registry.processEnded(broker.id()));
                    if (broker.phase() == BrokerPhase.DRAINING) {
                        provisioner.stop(process); // whoever wrote that may have ended before saying it
                    }
                });
            }
        }
    }

    /// What is known of the broker's process now.
    public Liveness liveness(String brokerId) {
        return registry.broker(brokerId)
                .flatMap(Broker::process)
                .map(provisioner::liveness)
                .orElse(Liveness.UNKNOWN);
    }

    /// One look at every fleet. Called every now and then, and whenever a phase has changed.
    public synchronized void reconcile() {
        registry.saveAgain();
        if (closing) {
            return;
        }
        desired.get().forEach((fleetId, wish) -> {
            try {
                reconcile(fleetId, wish);
            } catch (RuntimeException e) {
                log.warn("event=reconcile_failed fleet={} cause={}", fleetId, e.toString());
            }
        });
    }

    private void reconcile(String fleetId, FleetWish wish) {
        Instant now = clock.instant();
        var plan = FleetPlan.of(
                new Situation(
                        wish,
                        registry.brokers(fleetId),
                        registry.woken(),
                        registry.reincarnated(),
                        registry.retiring(),
                        registry.loadedAt()),
                settings,
                now);
        plan.kill().forEach(this::kill);
        plan.welcome().forEach(registry::welcomeBack);
        plan.retire().forEach(id -> registry.retire(id, "it was suspected, and the fleet has enough without it"));
        plan.stop().forEach(id -> drain(id, "the fleet has enough without it"));
        if (provisioner.canStart() && !now.isBefore(notBefore.getOrDefault(fleetId, Instant.EPOCH))) {
            plan.start().forEach(wished -> start(fleetId, wished));
        }
    }

    private void start(String fleetId, FleetPlan.Start wished) {
        String joinToken = Secrets.drawn(random);
        Broker broker = Broker.wished(
                ids.get(),
                fleetId,
                wished.nodeId(),
                wished.zone(),
                settings.host(),
                rows.nextEpoch(),
                Secrets.hash(joinToken),
                clock.instant());
        registry.wished(broker);
        notes.begin(BrokerWorkflow.START, broker.id(), BrokerWorkflow.START_PROCESS);
        try {
            ProcessRef process = provisioner.start(
                    new BrokerLaunch(broker.id(), fleetId, wished.nodeId(), wished.zone(), joinToken),
                    () -> registry.processEnded(broker.id()));
            registry.started(broker.id(), process);
        } catch (RuntimeException e) {
            log.error("event=broker_not_started fleet={} node={} cause={}", fleetId, wished.nodeId(), e.getMessage());
            registry.processEnded(broker.id());
        }
    }

    /// Has a broker give its shards to others and leave.
    void drain(String brokerId, String reason) {
        registry.leave(brokerId, reason);
        registry.broker(brokerId).flatMap(Broker::process).ifPresent(provisioner::stop);
    }

    private void kill(String brokerId) {
        registry.broker(brokerId).ifPresent(broker -> {
            log.warn("event=broker_killed broker={} node={} phase={}", brokerId, broker.nodeId(), broker.phase());
            broker.process().ifPresentOrElse(provisioner::kill, () -> registry.processEnded(brokerId));
        });
    }

    /// Hears how brokers fare.
    public void onPhaseChanged(FleetEvent.PhaseChanged change) {
        synchronized (this) {
            if (change.to() == BrokerPhase.SERVING) {
                failedStarts.remove(change.fleetId());
            } else if (change.from() == BrokerPhase.STARTING && change.to() == BrokerPhase.LOST) {
                int failures = failedStarts.merge(change.fleetId(), 1, Integer::sum);
                Duration pause = Duration.ofMillis(250L << Math.min(failures, 10));
                notBefore.put(
                        change.fleetId(),
                        clock.instant().plus(pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE));
            } else if (change.to() == BrokerPhase.LOST || change.to() == BrokerPhase.SUSPECTED) {
                notBefore.merge(
                        change.fleetId(),
                        clock.instant().plus(settings.heirsFirst()),
                        (one, other) -> one.isAfter(other) ? one : other);
            }
        }
    }

    /// Asks every broker to leave; nothing is started any more.
    void close() {
        synchronized (this) {
            closing = true;
        }
        registry.closing();
        processes().forEach(provisioner::stop);
    }

    boolean anyRunning() {
        return processes().stream().anyMatch(process -> provisioner.liveness(process) == Liveness.RUNNING);
    }

    /// What did not leave in time; loses nothing.
    void killRest() {
        processes().forEach(provisioner::kill);
    }

    private List<ProcessRef> processes() {
        return desired.get().keySet().stream()
                .flatMap(fleetId -> registry.brokers(fleetId).stream())
                .flatMap(broker -> broker.process().stream())
                .toList();
    }
}
