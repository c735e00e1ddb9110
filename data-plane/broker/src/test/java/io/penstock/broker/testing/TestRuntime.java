// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import io.penstock.log.LogRuntime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.random.RandomGenerator;

/// Real time and real threads, for tests that talk over sockets.
public final class TestRuntime implements LogRuntime, AutoCloseable {
    private final ExecutorService pool = Executors.newFixedThreadPool(
            4, Thread.ofPlatform().daemon(true).name("test-actor-", 0).factory());
    private final ScheduledExecutorService timers = Executors.newScheduledThreadPool(
            1, Thread.ofPlatform().daemon(true).name("test-timer-", 0).factory());

    private final AtomicLong messages = new AtomicLong();

    /// How many messages actors have been sent so far, timers' included.
    public long messages() {
        return messages.get();
    }

    /// Threads for work that is no actor's.
    public Executor workers() {
        return pool;
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
        return new Random();
    }

    @Override
    public Executor newActor(String name) {
        return new Actor();
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        ScheduledFuture<?> timer = timers.schedule(() -> actor.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> timer.cancel(false);
    }

    @Override
    public void close() {
        timers.shutdownNow();
        pool.shutdownNow();
    }

    private final class Actor implements Executor {
        private final Deque<Runnable> tasks = new ArrayDeque<>();
        private boolean running;

        @Override
        public void execute(Runnable task) {
            messages.incrementAndGet();
            synchronized (tasks) {
                tasks.add(task);
                if (running) {
                    return;
                }
                running = true;
            }
            pool.execute(this::drain);
        }

        private void drain() {
            while (true) {
                Runnable task;
                synchronized (tasks) {
                    if (tasks.isEmpty()) {
                        running = false;
                        return;
                    }
                    task = tasks.remove();
                }
                task.run();
            }
        }
    }
}
