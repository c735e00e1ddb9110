// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

/// How far a broker's log of one cluster is, as its heartbeat says.
///
/// @param mark any text that changes when the frontier moves (incarnation, generation, frontier)
/// @param pendingBytes bytes that wait for durability
public record Progress(String mark, long pendingBytes) {}
