// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.runtime;

import com.google.common.util.concurrent.MoreExecutors;
import io.penstock.log.LogRuntime;
import io.penstock.log.PendingBudget;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The process's own [LogRuntime]: actors share a small pool of threads, timers share one thread that only hands over.
public final class ThreadedRuntime implements LogRuntime, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(ThreadedRuntime.class);

    private final PendingBudget pending;
    private final ExecutorService pool;
    private final ExecutorService readers;
    private final ScheduledThreadPoolExecutor timers;
    private final RandomGenerator random = new SecureRandom();

    /// @param threads how many actors may run at once; actors never block, so about the number of cores
    public ThreadedRuntime(String name, int threads) {
        this(name, threads, PendingBudget.unlimited());
    }

    /// @param pending what may wait for durability in all logs together
    public ThreadedRuntime(String name, int threads, PendingBudget pending) {
        this.pending = pending;
        this.pool = Executors.newFixedThreadPool(threads, named(name + "-actor-"));
        // A few cold readers keep one core busy; they must not keep all of them.
        this.readers = Executors.newFixedThreadPool(Math.max(1, threads / 2), named(name + "-reader-"));
        this.timers = new ScheduledThreadPoolExecutor(1, named(name + "-timer-"));
        this.timers.setRemoveOnCancelPolicy(true);
    }

    @Override
    public long wallMillis() {
        return System.currentTimeMillis();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public PendingBudget pending() {
        return pending;
    }

    @Override
    public Executor newActor(String name) {
        return serial(name, pool);
    }

    @Override
    public Executor newReadActor(String name) {
        return serial(name, readers);
    }

    private static Executor serial(String name, Executor threads) {
        Executor serial = MoreExecutors.newSequentialExecutor(threads);
        return task -> serial.execute(() -> {
            try {
                task.run();
            } catch (Throwable failure) {
                log.error("a task of actor {} failed", name, failure);
            }
        });
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        CancellableTask once = new CancellableTask(task);
        ScheduledFuture<?> scheduled =
                timers.schedule(() -> actor.execute(once), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> {
            once.cancelled = true;
            scheduled.cancel(false);
        };
    }

    @Override
    public void close() {
        timers.shutdownNow();
        readers.shutdownNow();
        pool.shutdownNow();
    }

    private static ThreadFactory named(String prefix) {
        return Thread.ofPlatform().daemon(true).name(prefix, 0).factory();
    }

    /// A timer that is cancelled on its actor never runs there, also when it was handed over already.
    private static final class CancellableTask implements Runnable {
        private final Runnable task;
        private volatile boolean cancelled;

        private CancellableTask(Runnable task) {
            this.task = task;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
