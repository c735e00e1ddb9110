// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.OptionalLong;

/// What a tenant may use of all brokers of one fleet together, whatever its clients' own quotas are.
///
/// @param produceBytesPerSecond bytes of produce requests, at least 1; empty: no limit
/// @param fetchBytesPerSecond bytes of fetched batches, at least 1; empty: no limit
/// @param connectionsPerSecond new connections, at least 1; empty: no limit
public record TenantLimits(
        OptionalLong produceBytesPerSecond, OptionalLong fetchBytesPerSecond, OptionalLong connectionsPerSecond) {
    /// Nothing is limited.
    public static final TenantLimits NONE =
            new TenantLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.empty());

    public TenantLimits {
        if (isNot(produceBytesPerSecond) || isNot(fetchBytesPerSecond) || isNot(connectionsPerSecond)) {
            throw new IllegalArgumentException("limits are 1 or more");
        }
    }

    private static boolean isNot(OptionalLong limit) {
        return limit.isPresent() && limit.getAsLong() < 1;
    }
}
