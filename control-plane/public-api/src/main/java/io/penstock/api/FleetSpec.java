// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a fleet is meant to be.
///
/// @param desiredBrokers how many brokers it is kept at
/// @param provisioning MANAGED: this control plane starts and ends its brokers; JOINED: they join by themselves, with
///     one-time tokens, and `desired_brokers` says nothing. Never changes
/// @param zones over which they are spread; null or empty: nobody says
/// @param autoscaling changes `desired_brokers` with the load; null: only people change it
public record FleetSpec(
        @Nullable Integer desiredBrokers,
        @Nullable List<String> zones,
        @Nullable String provisioning,
        @Nullable FleetAutoscaling autoscaling) {}
