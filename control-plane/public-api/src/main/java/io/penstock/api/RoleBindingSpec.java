// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// A role that somebody has, in the tenant of its metadata, or in the organization if it names none.
///
/// @param principal a user's id, or `group:PROVIDER/GROUP` for all whom that identity provider (by name) has
///     in a group
/// @param role as of an API key
/// @param clusterId in this cluster of the tenant only
public record RoleBindingSpec(
        @Nullable String principal,
        @Nullable String role,
        @Nullable String clusterId) {}
