// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/// One actor on virtual time: tasks run when the test says so, in order; nothing waits.
final class VirtualActor implements Executor, MetalogTimer {
    private record Later(long atNanos, long order, Runnable task) {}

    private final Queue<Runnable> ready = new ArrayDeque<>();
    private final PriorityQueue<Later> later =
            new PriorityQueue<>(Comparator.comparingLong(Later::atNanos).thenComparingLong(Later::order));
    private long nowNanos;
    private long order;

    @Override
    public void execute(Runnable task) {
        ready.add(task);
    }

    @Override
    public void schedule(Duration delay, Executor actor, Runnable task) {
        later.add(new Later(nowNanos + delay.toNanos(), order++, () -> actor.execute(task)));
    }

    /// Runs everything that needs no time to pass.
    void settle() {
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            task.run();
        }
    }

    /// Lets time pass.
    void pass(Duration time) {
        settle();
        long until = nowNanos + time.toNanos();
        while (!later.isEmpty() && later.peek().atNanos() <= until) {
            Later next = later.remove();
            nowNanos = next.atNanos();
            next.task().run();
            settle();
        }
        nowNanos = until;
    }

    boolean nothingIsPlanned() {
        return later.isEmpty() && ready.isEmpty();
    }
}
