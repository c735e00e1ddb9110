// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.Trigger;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;

/// Runs what is `@Scheduled`, while this replica holds the lease.
final class ActiveScheduler extends SimpleAsyncTaskScheduler {
    private final transient BooleanSupplier active;

    ActiveScheduler(BooleanSupplier active) {
        this.active = active;
        setVirtualThreads(true);
        setThreadNamePrefix("scheduling-");
    }

    private Runnable ifActive(Runnable task) {
        return () -> {
            if (active.getAsBoolean()) {
                task.run();
            }
        };
    }

    @Override
    public @Nullable ScheduledFuture<?> schedule(Runnable task, Trigger trigger) {
        return super.schedule(ifActive(task), trigger);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, Instant startTime) {
        return super.schedule(ifActive(task), startTime);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Instant startTime, Duration period) {
        return super.scheduleAtFixedRate(ifActive(task), startTime, period);
    }

    @Override
    public ScheduledFuture<?> scheduleAtFixedRate(Runnable task, Duration period) {
        return super.scheduleAtFixedRate(ifActive(task), period);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Instant startTime, Duration delay) {
        return super.scheduleWithFixedDelay(ifActive(task), startTime, delay);
    }

    @Override
    public ScheduledFuture<?> scheduleWithFixedDelay(Runnable task, Duration delay) {
        return super.scheduleWithFixedDelay(ifActive(task), delay);
    }
}
