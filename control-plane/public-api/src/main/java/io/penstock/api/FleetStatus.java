// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// How a fleet is.
///
/// @param phase READY when as many brokers serve as are desired, else UPDATING
/// @param brokers whose life is not over
/// @param serving how many of them serve
public record FleetStatus(Phase phase, int brokers, int serving) {}
