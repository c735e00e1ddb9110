// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// What a broker was made for. Brokers are made and removed by their fleet, never by hand.
///
/// @param fleetId whose it is
public record BrokerSpec(String fleetId) {}
