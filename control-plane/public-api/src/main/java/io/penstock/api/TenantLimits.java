// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What a tenant may use of all brokers together, divided over them; beyond it its clients are asked to
/// pause. What is null is not limited.
///
/// @param produceBytesPerS bytes of produce requests
/// @param fetchBytesPerS bytes of fetched batches
/// @param connectionsPerS new connections
public record TenantLimits(
        @Nullable Long produceBytesPerS,
        @Nullable Long fetchBytesPerS,
        @Nullable Long connectionsPerS) {}
