// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.util.Optional;

/// Where a role holds.
public sealed interface Scope {
    /// Everywhere.
    record Organization() implements Scope {}

    /// In one tenant and everything that is its own.
    record OfTenant(String tenantId) implements Scope {}

    /// In one cluster only.
    record OfCluster(String tenantId, String clusterId) implements Scope {}

    /// @param tenantId empty: the whole organization
    /// @param clusterId only with a tenant
    static Scope of(Optional<String> tenantId, Optional<String> clusterId) {
        if (tenantId.isEmpty()) {
            return new Organization();
        }
        return clusterId
                .<Scope>map(cluster -> new OfCluster(tenantId.get(), cluster))
                .orElseGet(() -> new OfTenant(tenantId.get()));
    }

    /// Empty for the whole organization.
    default Optional<String> tenant() {
        return switch (this) {
            case Organization() -> Optional.empty();
            case OfTenant(String tenantId) -> Optional.of(tenantId);
            case OfCluster(String tenantId, String clusterId) -> Optional.of(tenantId);
        };
    }

    /// Empty unless it is one cluster.
    default Optional<String> cluster() {
        return this instanceof OfCluster cluster ? Optional.of(cluster.clusterId) : Optional.empty();
    }

    /// Whether everything in the other scope lies in this one.
    default boolean covers(Scope other) {
        return switch (this) {
            case Organization() -> true;
            case OfTenant(String tenantId) -> other.tenant().equals(Optional.of(tenantId));
            case OfCluster cluster -> cluster.equals(other);
        };
    }

    /// Words for people, after a permission.
    default String words() {
        return switch (this) {
            case Organization() -> "in the whole organization";
            case OfTenant(String tenantId) -> "in tenant " + tenantId;
            case OfCluster(String tenantId, String clusterId) -> "in cluster " + clusterId;
        };
    }
}
