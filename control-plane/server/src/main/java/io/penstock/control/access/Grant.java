// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.util.EnumSet;
import java.util.Set;

/// A role in a scope.
///
/// @param permissions what of the role is given; at most all of it
public record Grant(Role role, Set<Permission> permissions, Scope scope) {
    private static final Set<Permission> ALWAYS = EnumSet.of(Permission.TENANT_READ, Permission.CLUSTER_READ);

    public Grant {
        permissions = Set.copyOf(permissions);
        if (!role.permissions().containsAll(permissions)) {
            throw new IllegalArgumentException("more than the role " + role + " has");
        }
    }

    /// The whole role.
    public static Grant of(Role role, Scope scope) {
        return new Grant(role, role.permissions(), scope);
    }

    /// A part of the role. To see that a tenant and its clusters are there belongs to it in any case:
    /// nothing else can
    /// be done without.
    ///
    /// @param only what of it is wanted; empty: all of it
    public static Grant of(Role role, Set<Permission> only, Scope scope) {
        if (only.isEmpty()) {
            return of(role, scope);
        }
        var permissions = EnumSet.copyOf(role.permissions());
        permissions.removeIf(permission -> !only.contains(permission) && !ALWAYS.contains(permission));
        return new Grant(role, permissions, scope);
    }

    boolean allows(Permission permission) {
        return permissions.contains(permission);
    }

    boolean allows(Permission permission, Scope where) {
        return allows(permission) && scope.covers(where);
    }
}
