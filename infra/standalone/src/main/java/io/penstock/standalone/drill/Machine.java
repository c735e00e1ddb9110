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

    /// SIGKILL of the replica of the control plane that acts, which stays dead until [#releaseControlPlane].
    ///
    /// @return how many replicas are left
    int killAndHoldActiveControlPlane();

    /// Wishes for so many brokers; returns at once.
    void scale(int brokers);

    /// Shards that each broker of the fleet leads, whatever its phase.
    List<Integer> shardsLed();

    /// The zone of the replica of the control plane that acts; empty if nobody said.
    String activeZone();

    /// SIGKILL of every process of a zone at once: its brokers, and its replicas of the control plane.
    void killZone(String zone);

    /// Whether a replica of the control plane acts now.
    boolean controlPlaneActs();

    /// Lets it come back, and returns when it serves.
    void releaseControlPlane();

    /// What can be done to the object store.
    StoreTrouble storeTrouble();

    /// Brokers find the bucket to be as the parameters of a modelled store say, within a second.
    ///
    /// @param parameters `put_ms=…&error_rate=…`; empty: as it really is
    void bucketBecomes(String parameters);

    /// Memory that the process has, in bytes of RAM; 0 where that cannot be told.
    long residentBytes(BrokerProcess broker);

    /// Lines of the broker's log that tell of slots a seal refused it.
    List<String> fencedPuts(BrokerProcess broker);

    /// Makes the object store sick, for every broker at once, until it is well again.
    interface StoreTrouble {
        /// Requests take seconds, or are not answered at all.
        void slow();

        /// Requests fail.
        void failing();

        /// Ends both. Repeated calls change nothing.
        void well();
    }

    /// @param nodeId as Kafka clients see it
    /// @param zone empty if nobody said
    record BrokerProcess(String id, int nodeId, long pid, String zone) {}
}
