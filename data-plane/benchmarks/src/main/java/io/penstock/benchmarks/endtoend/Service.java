// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.time.Duration;
import java.util.List;

/// A Kafka service on this machine that was started to be measured, and ends when closed.
public interface Service extends AutoCloseable {
    String name();

    String bootstrapServers();

    /// What its topics are created with.
    short replicas();

    /// Everything that runs for it, as of now; clients left out.
    List<ProcessHandle> processes();

    /// CPU time of all its processes so far.
    default Duration cpu() {
        return processes().stream()
                .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
                .reduce(Duration.ZERO, Duration::plus);
    }

    @Override
    void close();
}
