// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// How a broker process is.
///
/// @param phase STARTING, SERVING, DRAINING, SUSPECTED, LOST or RETIRED
/// @param reason why it is in its phase; may be empty
/// @param nodeId its number for Kafka clients; a replacement takes it over
/// @param pid null where the provisioner does not know it
/// @param brokerEpoch orders processes: a later one has a higher epoch
/// @param connected whether its stream to the control plane stands
/// @param shardsLed in all clusters
/// @param conditions `StoreHealthy`: whether the buckets of its clusters answer it
public record BrokerStatus(
        String phase,
        String reason,
        Instant phaseSince,
        int nodeId,
        String zone,
        String host,
        @Nullable Long pid,
        String software,
        long brokerEpoch,
        boolean connected,
        int shardsLed,
        List<Condition> conditions) {}
