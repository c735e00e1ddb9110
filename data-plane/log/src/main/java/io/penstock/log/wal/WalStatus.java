// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

/// Where a WAL stands, at one instant.
///
/// @param frontier highest slot of the generation with nothing missing at or below it; −1 before the first
/// @param slotsInFlight sent, and beyond the frontier
/// @param pendingBytes appended, and not yet durable
/// @param over whether it was ended by a seal or damage, or closed
public record WalStatus(int generation, long frontier, int slotsInFlight, long pendingBytes, boolean over) {}
