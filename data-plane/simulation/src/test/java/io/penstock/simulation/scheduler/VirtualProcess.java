// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.scheduler;

import io.penstock.log.LogRuntime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// An operating-system process of a simulated world, as production code sees it: clock, chance, actors and timers.
///
/// It can be killed (its tasks are never heard of again), and frozen and thawed (SIGSTOP: its tasks wait, the clock
/// does
/// not, so that it wakes as a zombie). Its clocks agree with nobody else's.
public final class VirtualProcess implements LogRuntime {
    /// Wall clocks of two processes differ by less.
    public static final Duration CLOCKS_APART = Duration.ofMinutes(1);

    private enum Life {
        RUNNING,
        FROZEN,
        DEAD
    }

    private final Scheduler scheduler;
    private final String name;
    private final SplittableRandom random;
    private final long nanosOrigin;
    private final long wallOrigin;
    private final List<Runnable> parked = new ArrayList<>();
    private final List<Runnable> lastWords = new ArrayList<>();
    private Life life = Life.RUNNING;

    VirtualProcess(Scheduler scheduler, String name, SplittableRandom random) {
        this.scheduler = scheduler;
        this.name = name;
        this.random = random;
        this.nanosOrigin = random.nextLong(1L << 50);
        // Some day of 2026, and up to a minute apart from the others.
        this.wallOrigin = 1_780_000_000_000L + random.nextInt((int) CLOCKS_APART.toMillis());
    }

    @Override
    public long wallMillis() {
        return wallOrigin + scheduler.nanos() / 1_000_000;
    }

    @Override
    public long nanos() {
        return nanosOrigin + scheduler.nanos();
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Executor newActor(String actorName) {
        return new Actor();
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        VirtualTimer timer = new VirtualTimer(task);
        scheduler.at(scheduler.nanos() + delay.toNanos(), this, () -> actor.execute(timer));
        return timer;
    }

    /// Runs the task in this process after a delay: how answers from outside reach it.
    public void deliver(long delayNanos, Runnable task) {
        scheduler.at(scheduler.nanos() + delayNanos, this, task);
    }

    /// Runs the task if this process is killed, in the world outside of it.
    public void onKill(Runnable task) {
        lastWords.add(task);
    }

    /// SIGKILL.
    public void kill() {
        if (life != Life.DEAD) {
            life = Life.DEAD;
            parked.clear();
            lastWords.forEach(Runnable::run);
        }
    }

    /// SIGSTOP.
    public void freeze() {
        if (life == Life.RUNNING) {
            life = Life.FROZEN;
        }
    }

    /// SIGCONT: everything that became due meanwhile is run now, in its old order.
    public void thaw() {
        if (life == Life.FROZEN) {
            life = Life.RUNNING;
            long at = scheduler.nanos();
            for (Runnable task : List.copyOf(parked)) {
                scheduler.at(at++, this, task);
            }
            parked.clear();
        }
    }

    public boolean isRunning() {
        return life == Life.RUNNING;
    }

    public boolean isDead() {
        return life == Life.DEAD;
    }

    boolean admits(Runnable task) {
        return switch (life) {
            case RUNNING -> true;
            case FROZEN -> {
                parked.add(task);
                yield false;
            }
            case DEAD -> false;
        };
    }

    @Override
    public String toString() {
        return name;
    }

    /// Serial: one task per event, so that other actors and processes get their turn in between.
    private final class Actor implements Executor {
        private final Deque<Runnable> queue = new ArrayDeque<>();
        private boolean awake;

        @Override
        public void execute(Runnable task) {
            queue.add(task);
            if (!awake) {
                awake = true;
                wakeLater();
            }
        }

        private void wakeLater() {
            scheduler.at(scheduler.nanos() + scheduler.jitter(), VirtualProcess.this, this::runOne);
        }

        private void runOne() {
            Runnable task = queue.remove();
            if (queue.isEmpty()) {
                awake = false;
            } else {
                wakeLater();
            }
            task.run();
        }
    }

    private static final class VirtualTimer implements Timer, Runnable {
        private final Runnable task;
        private boolean cancelled;

        VirtualTimer(Runnable task) {
            this.task = task;
        }

        @Override
        public void cancel() {
            cancelled = true;
        }

        @Override
        public void run() {
            if (!cancelled) {
                task.run();
            }
        }
    }
}
