// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.penstock.control.placement.PlacementService;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/// Has detectors and plans look again and again. What events miss, or a crash interrupted, is found here.
final class ControlLoops implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(ControlLoops.class);
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(100);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
    /// After the fleet's brokers are known.
    private static final int PHASE = 200;

    private final FailoverService failover;
    private final PlacementService placement;
    private Optional<ScheduledExecutorService> loops = Optional.empty();

    ControlLoops(FailoverService failover, PlacementService placement) {
        this.failover = failover;
        this.placement = placement;
    }

    @Override
    public synchronized void start() {
        failover.awaitBrokers();
        // Looking must not wait for a sweep that waits for a bucket.
        ScheduledExecutorService clockwork = Executors.newScheduledThreadPool(
                3, Thread.ofPlatform().name("control-loops-", 0).daemon().factory());
        loops = Optional.of(clockwork);
        every(clockwork, LOOK_INTERVAL, failover::look);
        every(clockwork, SWEEP_INTERVAL, failover::sweep);
        every(clockwork, SWEEP_INTERVAL, placement::sweep);
    }

    private static void every(ScheduledExecutorService clockwork, Duration interval, Runnable work) {
        clockwork.scheduleWithFixedDelay(
                () -> {
                    try {
                        work.run();
                    } catch (RuntimeException e) {
                        log.warn("event=control_loop_stumbled cause={}", e.toString());
                    }
                },
                interval.toMillis(),
                interval.toMillis(),
                TimeUnit.MILLISECONDS);
    }

    @Override
    public synchronized void stop() {
        loops.ifPresent(ScheduledExecutorService::shutdownNow);
        loops = Optional.empty();
    }

    @Override
    public synchronized boolean isRunning() {
        return loops.isPresent();
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}
