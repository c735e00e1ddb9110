// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Time that stands still until it is told to run, and actors that all work on the caller's thread.
///
/// One seed replays a whole run: tasks happen in the order of their time, then of their making. Nothing runs but within
/// [#runFor], [#settle] and [#await].
public final class VirtualRuntime implements LogRuntime {
    /// More tasks than any sane run has at one instant: a loop that never lets time pass.
    private static final int MOST_TASKS_AT_ONCE = 1_000_000;

    private record Task(long due, long number, Runnable work) implements Comparable<Task> {
        @Override
        public int compareTo(Task other) {
            return due != other.due ? Long.compare(due, other.due) : Long.compare(number, other.number);
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>();
    private final Random random;
    private LogMetrics metrics = LogMetrics.NONE;
    private PendingBudget pending = PendingBudget.unlimited();
    private final List<Runnable> heldReads = new ArrayList<>();
    private boolean readsHeld;
    private long now;
    private long made;

    public VirtualRuntime(long seed) {
        random = new Random(seed);
    }

    /// Watches the logs that begin from now on.
    public void watchedBy(LogMetrics other) {
        metrics = other;
    }

    /// What the logs that begin from now on may keep waiting, together.
    public void bounded(PendingBudget budget) {
        pending = budget;
    }

    @Override
    public PendingBudget pending() {
        return pending;
    }

    @Override
    public LogMetrics metrics() {
        return metrics;
    }

    @Override
    public long wallMillis() {
        return 1_700_000_000_000L + now / 1_000_000;
    }

    @Override
    public long nanos() {
        return now;
    }

    @Override
    public RandomGenerator random() {
        return random;
    }

    @Override
    public Executor newActor(String name) {
        return task -> add(0, task);
    }

    /// From now on reads of old records get no thread, as if all were busy with others; until this is taken back.
    public void holdReads(boolean hold) {
        readsHeld = hold;
        if (!hold) {
            heldReads.forEach(task -> add(0, task));
            heldReads.clear();
        }
    }

    @Override
    public Executor newReadActor(String name) {
        return task -> {
            if (readsHeld) {
                heldReads.add(task);
            } else {
                add(0, task);
            }
        };
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        AtomicReference<@Nullable Runnable> waiting = new AtomicReference<>(task);
        add(
                Math.max(0, delay.toNanos()),
                () -> actor.execute(() -> {
                    Runnable still = waiting.get();
                    if (still != null) {
                        still.run();
                    }
                }));
        return () -> waiting.set(null);
    }

    private void add(long delay, Runnable work) {
        tasks.add(new Task(now + delay, made++, work));
    }

    /// Does all that is due now; no time passes.
    public void settle() {
        runUntil(now);
    }

    /// Lets so much time pass, doing what falls due.
    public void runFor(Duration duration) {
        runUntil(now + duration.toNanos());
    }

    /// Lets time pass until the future is complete.
    ///
    /// @throws AssertionError if it is not within the time given
    public <T> T await(CompletableFuture<T> future, Duration atMost) {
        long end = now + atMost.toNanos();
        while (!future.isDone()) {
            Task next = tasks.peek();
            if (next == null || next.due() > end) {
                throw new AssertionError("not complete within " + atMost + " of virtual time");
            }
            runUntil(next.due());
        }
        return future.join();
    }

    private void runUntil(long end) {
        int atOnce = 0;
        for (Task next = tasks.peek(); next != null && next.due() <= end; next = tasks.peek()) {
            tasks.remove();
            atOnce = next.due() == now ? atOnce + 1 : 0;
            if (atOnce > MOST_TASKS_AT_ONCE) {
                throw new AssertionError("time stands still: tasks make tasks without end");
            }
            now = Math.max(now, next.due());
            next.work().run();
        }
        now = Math.max(now, end);
    }
}
