// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// What an API key may do.
///
/// @param role one of ORG_ADMIN, OPERATOR, TENANT_ADMIN, DEVELOPER, VIEWER, METRICS_READER
/// @param expiresAt when it stops working; null: never
public record ApiKeySpec(@Nullable String role, @Nullable Instant expiresAt) {}
