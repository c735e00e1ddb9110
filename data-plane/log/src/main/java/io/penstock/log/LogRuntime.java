// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/// Time, chance and threads, from outside: the process gives real ones, the simulation gives its own, so that one seed
/// replays a world.
public interface LogRuntime {

    /// Wall clock, milliseconds since the epoch. For timestamps that people see; never for safety.
    long wallMillis();

    /// Monotonic clock, nanoseconds from an arbitrary origin.
    long nanos();

    RandomGenerator random();

    /// A new serial executor: runs its tasks one at a time, in order. Costs no thread while idle.
    Executor newActor(String name);

    /// As [#newActor(String)], for whoever reads old records: what takes long there must not keep other actors
    /// waiting. The process has threads of their own for these.
    default Executor newReadActor(String name) {
        return newActor(name);
    }

    /// Runs the task on the actor after the delay, unless cancelled before.
    Timer schedule(Duration delay, Executor actor, Runnable task);

    /// Where the log's numbers go; nowhere, unless somebody watches.
    default LogMetrics metrics() {
        return LogMetrics.NONE;
    }

    /// What may wait for durability in the whole process; without a bound, unless somebody sets one.
    default PendingBudget pending() {
        return PendingBudget.unlimited();
    }

    /// A scheduled task.
    interface Timer {
        /// After this returns on the timer's own actor, the task will not start.
        void cancel();
    }
}
