// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;

/// A broker as people see it.
///
/// @param phaseReason why it is in its phase; may be empty
/// @param connected whether its stream stands now
/// @param shardsLed in all clusters
/// @param stores how well the buckets of its clusters answer it, the worst first; empty while it is not connected
public record BrokerView(
        String id,
        String fleetId,
        int nodeId,
        BrokerPhase phase,
        String phaseReason,
        Instant phaseSince,
        String zone,
        String host,
        long epoch,
        String software,
        OptionalLong pid,
        boolean connected,
        int shardsLed,
        List<StoreHealth.Seen> stores) {}
