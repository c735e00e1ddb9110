// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/// Bytes of requests at work in the whole process. When they are too many, connections wait to be read.
final class RequestMemory {
    private final long max;
    private final AtomicLong used = new AtomicLong();
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    RequestMemory(long max) {
        this.max = max;
    }

    boolean isFull() {
        return used.get() >= max;
    }

    void taken(long bytes) {
        used.addAndGet(bytes);
    }

    void released(long bytes) {
        used.addAndGet(-bytes);
        wakeIfFree();
    }

    /// Runs the task once when there is room again, perhaps at once.
    void whenFree(Runnable task) {
        waiting.add(task);
        // It may have become free between the caller's look and here.
        wakeIfFree();
    }

    private void wakeIfFree() {
        while (!isFull()) {
            Runnable next = waiting.poll();
            if (next == null) {
                return;
            }
            next.run();
        }
    }

    long used() {
        return used.get();
    }
}
