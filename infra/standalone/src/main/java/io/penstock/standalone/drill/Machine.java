// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.util.List;

/// What a drill may do to the processes of a running Penstock.
public interface Machine {
    /// The brokers that run now.
    List<BrokerProcess> brokers();

    String bootstrapServers();

    /// SIGKILL; returns when the process is gone.
    void kill(BrokerProcess broker);

    /// SIGSTOP.
    void freeze(BrokerProcess broker);

    /// SIGCONT.
    void thaw(BrokerProcess broker);

    /// SIGKILL of the control plane, which stays dead until [#releaseControlPlane].
    void killAndHoldControlPlane();

    /// Lets it come back, and returns when it serves.
    void releaseControlPlane();

    /// Lines of the broker's log that tell of slots a seal refused it.
    List<String> fencedPuts(BrokerProcess broker);

    /// @param nodeId as Kafka clients see it
    record BrokerProcess(String id, int nodeId, long pid) {}
}
