// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;

/// Runs tasks one at a time, in order, on the threads of another executor. Keeps no thread while it has nothing
/// to do.
final class SerialWork implements Executor {
    private final Executor threads;
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private boolean running;

    SerialWork(Executor threads) {
        this.threads = threads;
    }

    @Override
    public void execute(Runnable task) {
        synchronized (tasks) {
            tasks.add(task);
            if (running) {
                return;
            }
            running = true;
        }
        threads.execute(this::runOne);
    }

    /// One task per turn, so that a busy connection does not keep a thread from the others.
    private void runOne() {
        Runnable task;
        synchronized (tasks) {
            task = tasks.remove();
        }
        try {
            task.run();
        } finally {
            boolean more;
            synchronized (tasks) {
                more = !tasks.isEmpty();
                running = more;
            }
            if (more) {
                threads.execute(this::runOne);
            }
        }
    }
}
