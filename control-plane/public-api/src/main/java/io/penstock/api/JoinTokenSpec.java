// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What a host may do with a one-time token: become a broker of the fleet.
///
/// @param zone where the host is; null: nobody says
/// @param expiresAt null: in an hour
public record JoinTokenSpec(@Nullable String zone, @Nullable Instant expiresAt) {}
