// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What an API key may do.
///
/// @param role one of ORG_ADMIN, OPERATOR, TENANT_ADMIN, DEVELOPER, VIEWER, METRICS_READER
/// @param clusterId in this cluster of the tenant only; null: everywhere in the tenant
/// @param permissions what of the role it is cut down to, such as `topic.read`; empty or null: all of it
/// @param expiresAt when it stops working; null: never
public record ApiKeySpec(
        @Nullable String role,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String clusterId,

        @JsonInclude(JsonInclude.Include.NON_EMPTY) @Nullable
        List<String> permissions,

        @Nullable Instant expiresAt) {}
