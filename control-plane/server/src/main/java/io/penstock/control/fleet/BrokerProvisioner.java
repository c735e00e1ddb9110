// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

/// Creates and removes broker processes somewhere. Implementations pass `BrokerProvisionerContract`.
public interface BrokerProvisioner {

    /// What a new process is to be.
    ///
    /// @param zone where it is to run; empty: anywhere
    /// @param joinToken the secret with which it registers; used once
    record BrokerLaunch(String brokerId, String fleetId, int nodeId, String zone, String joinToken) {}

    /// What is known of a process.
    enum Liveness {
        RUNNING,
        ENDED,
        /// Nobody can tell now.
        UNKNOWN
    }

    /// Whether it can start processes at all.
    default boolean canStart() {
        return true;
    }

    /// Starts a process and returns as soon as it exists. It outlives this one.
    ///
    /// @param onEnd called once, on any thread, when the process has ended
    ProcessRef start(BrokerLaunch launch, Runnable onEnd);

    /// Watches a process that a former control plane started.
    ///
    /// @param onEnd called once, on any thread, when the process has ended; at once if it has
    void adopt(ProcessRef process, Runnable onEnd);

    Liveness liveness(ProcessRef process);

    /// Asks the process to leave in order (SIGTERM). Repeatable.
    void stop(ProcessRef process);

    /// Ends it at once (SIGKILL). Repeatable.
    void kill(ProcessRef process);
}
