// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.lease;

import java.time.Instant;

/// One process of the control plane.
///
/// @param zone where it runs; may be empty
/// @param httpAddress as `http://host:port`; empty until it is open
/// @param brokerAddress as `host:port`; empty until it is open
/// @param active whether it holds the lease
public record Replica(
        String id, String zone, String httpAddress, String brokerAddress, Instant startedAt, boolean active) {}
