// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.control;

/// Who this process says it is when it registers.
///
/// @param joinToken secret of the broker's place in the fleet, given by whoever started the process
/// @param processToken 128 random bits of this process, hex
public record BrokerIdentity(
        String fleetId, String joinToken, String processToken, String version, String zone, long pid, int metricsPort) {

    /// The same process in the place that it was given when it joined.
    BrokerIdentity joined(String toFleet, String withToken, String inZone) {
        return new BrokerIdentity(
                toFleet, withToken, processToken, version, zone.isEmpty() ? inZone : zone, pid, metricsPort);
    }

    /// Never shows the token.
    @Override
    public String toString() {
        return "BrokerIdentity[fleet=" + fleetId + " zone=" + zone + " pid=" + pid + "]";
    }
}
