// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What a tenant is meant to be.
///
/// @param description free words for people
/// @param limits what it may use; null: anything
public record TenantSpec(
        @Nullable String description, @Nullable TenantLimits limits) {}
