// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.time.Duration;
import java.util.concurrent.Executor;

/// Delays, from outside: the process gives real ones, the simulation its own.
public interface MetalogTimer {

    /// Runs the task on the actor after the delay.
    void schedule(Duration delay, Executor actor, Runnable task);
}
