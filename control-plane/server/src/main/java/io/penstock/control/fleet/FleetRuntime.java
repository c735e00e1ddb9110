// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.lease.ActiveDuty;
import io.penstock.control.lease.Lease;
import io.penstock.control.metalog.ClusterDetached;
import io.penstock.control.metalog.MetalogService;
import io.penstock.control.storage.BucketKeysChanged;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.transaction.event.TransactionalEventListener;

/// Runs the fleet module in the active replica: loads what a former process knew, lets brokers in, looks at fleets
/// again and again, and ends in order.
final class FleetRuntime implements ActiveDuty {
    private static final Logger log = LoggerFactory.getLogger(FleetRuntime.class);
    private static final Duration RECONCILE_INTERVAL = Duration.ofMillis(500);
    private static final Duration FACTS_INTERVAL = Duration.ofSeconds(5);
    private static final Duration STOP_LOOK = Duration.ofMillis(50);
    /// Before whoever decides about brokers.
    private static final int ORDER = 100;

    private final Lease lease;
    private final MetalogService metalog;
    private final BrokerRegistry registry;
    private final FleetReconciler reconciler;
    private final BrokerOperations operations;
    private final ClusterFacts facts;
    private final BrokerEntrance entrance;
    private final FleetProperties properties;
    private final Executor threads;
    private final CountDownLatch ended = new CountDownLatch(1); // never counted down: a wait that can be interrupted
    private Optional<ScheduledExecutorService> loops = Optional.empty();

    FleetRuntime(
            Lease lease,
            MetalogService metalog,
            BrokerRegistry registry,
            FleetReconciler reconciler,
            BrokerOperations operations,
            ClusterFacts facts,
            BrokerEntrance entrance,
            FleetProperties properties,
            Executor threads) {
        this.lease = lease;
        this.metalog = metalog;
        this.registry = registry;
        this.reconciler = reconciler;
        this.operations = operations;
        this.facts = facts;
        this.entrance = entrance;
        this.properties = properties;
        this.threads = threads;
    }

    @Override
    public synchronized void begin() {
        registry.load();
        metalog.resume();
        entrance.open();
        reconciler.adopt();
        ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(
                2,
                Thread.ofPlatform()
                        .name("fleet-loops-", 0)
                        .daemon()
                        .factory()); // people's view must not hold up what is done
        loops = Optional.of(clockwork);
        every(clockwork, RECONCILE_INTERVAL, reconciler::reconcile);
        every(clockwork, RECONCILE_INTERVAL, operations::follow);
        every(clockwork, FACTS_INTERVAL, facts::write);
        every(clockwork, FACTS_INTERVAL, () -> metalog.compare(registry.applied()));
    }

    private void every(ScheduledExecutorService clockwork, Duration interval, Runnable work) {
        clockwork.scheduleWithFixedDelay(
                () -> {
                    try {
                        if (lease.held()) {
                            work.run();
                        }
                    } catch (RuntimeException e) {
                        log.warn("event=fleet_loop_stumbled cause={}", e.toString());
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @EventListener
    public void on(FleetEvent event) {
        if (event instanceof FleetEvent.PhaseChanged change) {
            reconciler.onPhaseChanged(change);
            threads.execute(reconciler::reconcile);
        }
    }

    /// Another control plane owns the cluster: its brokers are told by that one.
    @TransactionalEventListener(fallbackExecution = true)
    public void on(ClusterDetached detached) {
        registry.detach(detached.clusterId());
    }

    @EventListener
    public void on(BucketKeysChanged changed) {
        registry.bucketKeysChanged(changed.bucketId());
    }

    @Override
    public synchronized void end() {
        // Who lost the lease has no say any more: the brokers are the next one's.
        if (properties.stopBrokersOnShutdown() && lease.held()) {
            reconciler.close();
            awaitBrokersEnd();
        }
        loops.ifPresent(ScheduledExecutorService::shutdownNow);
        entrance.close();
        metalog.close();
        loops = Optional.empty();
    }

    private void awaitBrokersEnd() {
        long left = properties.stopPatience().toMillis();
        try {
            // The port stays open meanwhile: brokers say goodbye through it.
            for (; left > 0 && reconciler.anyRunning(); left -= STOP_LOOK.toMillis()) {
                ended.await(STOP_LOOK.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        reconciler.killRest();
    }

    @Override
    public int order() {
        return ORDER;
    }
}
