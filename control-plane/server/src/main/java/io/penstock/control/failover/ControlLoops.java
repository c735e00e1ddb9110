// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.penstock.control.lease.ActiveDuty;
import io.penstock.control.lease.Lease;
import io.penstock.control.placement.PlacementService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has detectors and plans look again and again. What events miss, or a crash interrupted, is found here.
final class ControlLoops implements ActiveDuty {
    private static final Logger log = LoggerFactory.getLogger(ControlLoops.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
    /// After the fleet's brokers are known.
    private static final int ORDER = 200;

    private final Lease lease;
    private final FailoverService failover;
    private final PlacementService placement;
    private Optional<ScheduledExecutorService> loops = Optional.empty();

    ControlLoops(Lease lease, FailoverService failover, PlacementService placement) {
        this.lease = lease;
        this.failover = failover;
        this.placement = placement;
    }

    @Override
    public synchronized void begin() {
        failover.awaitBrokers();
        // Looking must not wait for a sweep that waits for a bucket.
        ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(
                3, Thread.ofPlatform().name("control-loops-", 0).daemon().factory());
        loops = Optional.of(clockwork);
        every(clockwork, LOOK_INTERVAL, failover::look);
        every(clockwork, SWEEP_INTERVAL, failover::sweep);
        every(clockwork, SWEEP_INTERVAL, placement::sweep);
    }

    private void every(ScheduledExecutorService clockwork, Duration interval, Runnable work) {
        clockwork.scheduleWithFixedDelay(
                () -> {
                    try {
                        if (lease.held()) {
                            work.run();
                        }
                    } catch (RuntimeException e) {
                        log.warn("event=control_loop_stumbled cause={}", e.toString());
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void end() {
        loops.ifPresent(ScheduledExecutorService::shutdownNow);
        loops = Optional.empty();
    }

    @Override
    public int order() {
        return ORDER;
    }
}
