// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// One broker process, as people see it.
///
/// @param nodeId its number for Kafka clients; a replacement takes it over
/// @param phase STARTING, SERVING, DRAINING, SUSPECTED, LOST or RETIRED
/// @param reason why it is in its phase; may be empty
/// @param connected whether its stream to the control plane stands
/// @param shardsLed in all clusters
public record Broker(
        String apiVersion,
        String kind,
        String id,
        String fleetId,
        int nodeId,
        String phase,
        String reason,
        Instant phaseSince,
        String zone,
        String host,
        @Nullable Long pid,
        String software,
        long brokerEpoch,
        boolean connected,
        int shardsLed) {}
