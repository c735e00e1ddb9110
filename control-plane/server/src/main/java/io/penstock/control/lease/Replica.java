// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Instant;

/// One process of the control plane.
///
/// @param zone where it runs; may be empty
/// @param httpAddress as `http://host:port`; empty until it is open
/// @param brokerAddress as `host:port`; empty until it is open
/// @param brokerTlsAddress where brokers of other hosts call; empty: nowhere
/// @param active whether it holds the lease
public record Replica(
        String id,
        String zone,
        String httpAddress,
        String brokerAddress,
        String brokerTlsAddress,
        Instant startedAt,
        boolean active) {}
