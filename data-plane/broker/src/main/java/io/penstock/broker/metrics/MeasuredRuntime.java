// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.metrics;

import io.penstock.log.LogMetrics;
import io.penstock.log.LogRuntime;
import io.penstock.log.PendingBudget;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// The process's runtime, with one cluster's meters.
record MeasuredRuntime(LogRuntime process, LogMetrics metrics) implements LogRuntime {
    @Override
    public long wallMillis() {
        return process.wallMillis();
    }

    @Override
    public long nanos() {
        return process.nanos();
    }

    @Override
    public RandomGenerator random() {
        return process.random();
    }

    @Override
    public Executor newActor(String name) {
        return process.newActor(name);
    }

    @Override
    public Executor newReadActor(String name) {
        return process.newReadActor(name);
    }

    @Override
    public PendingBudget pending() {
        return process.pending();
    }

    @Override
    public Timer schedule(Duration delay, Executor actor, Runnable task) {
        return process.schedule(delay, actor, task);
    }
}
