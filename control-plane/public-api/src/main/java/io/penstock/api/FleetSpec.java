// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What a fleet is meant to be.
///
/// @param desiredBrokers how many brokers it is kept at
public record FleetSpec(@Nullable Integer desiredBrokers) {}
