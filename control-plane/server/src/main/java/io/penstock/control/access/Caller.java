// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import io.penstock.control.problem.ProblemException;
import java.util.Optional;

/// Who asks, and where their word counts.
///
/// @param id of the credential's owner, noted in what they make
/// @param tenantId the only tenant they see; empty: the whole organization
public record Caller(String id, Role role, Optional<String> tenantId) {

    /// The control plane itself, for what it does on nobody's behalf.
    public static final Caller SYSTEM = new Caller("system", Role.ORG_ADMIN, Optional.empty());

    public void require(Permission permission) {
        if (!role.allows(permission)) {
            throw ProblemException.permissionDenied(permission.text());
        }
    }

    /// A permission that counts for the whole organization only.
    public void requireInOrganization(Permission permission) {
        require(permission);
        if (tenantId.isPresent()) {
            throw ProblemException.permissionDenied(permission.text() + " in the whole organization");
        }
    }

    public boolean sees(String tenant) {
        return tenantId.isEmpty() || tenantId.get().equals(tenant);
    }
}
