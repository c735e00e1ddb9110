// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.scheduler;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The virtual clock and the one queue of everything that is going to happen.
///
/// Time stands still while a task runs and jumps to the next task's instant afterwards. Tasks of the same instant run
/// in
/// a seeded order. The same seed and the same tasks give the same run, always.
public final class Scheduler {
    private static final class Event implements Comparable<Event> {
        final long at;
        final int order;
        final long number;
        final @Nullable VirtualProcess process;
        final Runnable task;

        Event(long at, int order, long number, @Nullable VirtualProcess process, Runnable task) {
            this.at = at;
            this.order = order;
            this.number = number;
            this.process = process;
            this.task = task;
        }

        @Override
        public int compareTo(Event other) {
            int byTime = Long.compare(at, other.at);
            if (byTime != 0) {
                return byTime;
            }
            int byOrder = Integer.compare(order, other.order);
            return byOrder != 0 ? byOrder : Long.compare(number, other.number);
        }
    }

    /// Told of what a task threw: no task of production code may.
    public interface FailureListener {
        void taskThrew(@Nullable VirtualProcess process, Throwable thrown);
    }

    private final PriorityQueue<Event> events = new PriorityQueue<>();
    private final SplittableRandom chance;
    private final List<VirtualProcess> processes = new ArrayList<>();
    private FailureListener failures = (process, thrown) -> {
        throw new IllegalStateException("a task of " + process + " threw", thrown);
    };
    private long now;
    private long number;
    private long steps;

    public Scheduler(long seed) {
        this.chance = new SplittableRandom(seed);
    }

    public void onFailure(FailureListener listener) {
        this.failures = listener;
    }

    /// Virtual nanoseconds since the world began.
    public long nanos() {
        return now;
    }

    public long steps() {
        return steps;
    }

    /// A process of this world, running.
    public VirtualProcess process(String name) {
        VirtualProcess process = new VirtualProcess(this, name, chance.split());
        processes.add(process);
        return process;
    }

    /// Runs the task later, whoever lives then: for the world itself (the store, chaos, the network).
    public void after(Duration delay, Runnable task) {
        at(now + delay.toNanos(), null, task);
    }

    /// As [#after(Duration, Runnable)], in nanoseconds.
    public void afterNanos(long delay, Runnable task) {
        at(now + delay, null, task);
    }

    void at(long nanos, @Nullable VirtualProcess process, Runnable task) {
        events.add(new Event(Math.max(nanos, now), chance.nextInt(), number++, process, task));
    }

    /// A moment between the hand-over of a task and its start: what lets actors overtake each other.
    long jitter() {
        return chance.nextInt(20_000);
    }

    /// Runs the next task.
    ///
    /// @return false if there is none
    public boolean step() {
        Event event = events.poll();
        if (event == null) {
            return false;
        }
        now = event.at;
        VirtualProcess process = event.process;
        if (process != null && !process.admits(event.task)) {
            return true;
        }
        steps++;
        try {
            event.task.run();
        } catch (Throwable thrown) {
            failures.taskThrew(process, thrown);
        }
        return true;
    }

    /// Runs everything up to that instant, and moves the clock there.
    public void runUntil(long nanos) {
        while (true) {
            Event next = events.peek();
            if (next == null || next.at > nanos) {
                now = Math.max(now, nanos);
                return;
            }
            step();
        }
    }

    /// Runs until the condition holds.
    ///
    /// @return false if nothing was left to run, or the deadline came first
    public boolean runUntil(BooleanSupplier condition, long deadlineNanos) {
        while (!condition.getAsBoolean()) {
            Event next = events.peek();
            if (next == null || next.at > deadlineNanos) {
                return false;
            }
            step();
        }
        return true;
    }
}
