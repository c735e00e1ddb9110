// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.hotpath;

import io.penstock.log.LogRuntime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// Everything at once, on the caller's thread; what is scheduled for later never happens. So a benchmark measures work
/// and not threads.
final class InlineRuntime implements LogRuntime {
    private final Random random = new Random(1);

    @Override
    public long wallMillis() {
        return 1_000;
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
    public Executor newActor(String name) {
        ArrayDeque<Runnable> tasks = new ArrayDeque<>();
        return task -> {
            tasks.add(task);
            if (tasks.size() == 1) {
                while (!tasks.isEmpty()) {
                    tasks.element().run();
                    tasks.remove();
                }
            }
        };
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        return () -> {};
    }
}
