// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.brokerapi.v1.ClusterReport;
import java.util.List;

/// Something happened to a fleet. Published synchronously, outside of transactions and locks; listeners must not
/// block.
public sealed interface FleetEvent {

    /// A broker's stream stands, and it is not given up.
    record BrokerConnected(String fleetId, String brokerId) implements FleetEvent {}

    /// A heartbeat came.
    record BrokerHeard(String fleetId, String brokerId, List<ClusterReport> reports) implements FleetEvent {
        public BrokerHeard {
            reports = List.copyOf(reports);
        }
    }

    /// Its stream broke.
    record BrokerDisconnected(String fleetId, String brokerId) implements FleetEvent {}

    /// Its provisioner saw the process end.
    record ProcessEnded(String fleetId, String brokerId) implements FleetEvent {}

    /// It wants to leave: its shards are to go elsewhere.
    record DrainRequested(String fleetId, String brokerId) implements FleetEvent {}

    /// It has given a shard up; the position is told to the heir.
    record ShardHandedOff(String brokerId, String clusterId, int shard, int epoch) implements FleetEvent {}

    /// A cluster may need placement: somebody came who can lead, or the cluster itself came.
    record RosterChanged(String clusterId) implements FleetEvent {}

    /// A broker's phase changed.
    record PhaseChanged(String fleetId, String brokerId, BrokerPhase from, BrokerPhase to) implements FleetEvent {}
}
