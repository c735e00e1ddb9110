// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.user;

import io.penstock.api.RoleBindingSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Grant;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Role;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdPrefix;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Roles that people have. Nobody gives away more than they have, and what was given never changes: it is
/// taken back.
@Component
public final class RoleBindingRules implements DocumentRules<RoleBindingSpec> {
    static final String KIND = "RoleBinding";
    static final String PRINCIPAL = "principal";

    private final Documents documents;

    RoleBindingRules(Documents documents) {
        this.documents = documents;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public IdPrefix prefix() {
        return IdPrefix.ROLE_BINDING;
    }

    @Override
    public Class<RoleBindingSpec> type() {
        return RoleBindingSpec.class;
    }

    @Override
    public Permission read() {
        return Permission.ROLE_READ;
    }

    @Override
    public Permission manage() {
        return Permission.ROLE_MANAGE;
    }

    @Override
    public boolean ofTenants() {
        return true;
    }

    @Override
    public RoleBindingSpec checked(
            Caller caller, Scope scope, Optional<RoleBindingSpec> before, RoleBindingSpec wish, FieldChecks checks) {
        if (before.isPresent()) {
            checks.that(before.get().equals(wish), "/spec", "not_allowed", "make another binding and delete this one");
            return before.get();
        }
        var principal = checks.required("/spec/principal", wish.principal());
        if (!principal.isEmpty()) {
            checks.that(
                    principal.matches("group:[a-z0-9-]+/.{1,200}")
                            || documents.find(UserRules.KIND, principal).isPresent(),
                    "/spec/principal",
                    "not_found",
                    "the id of a user, or group:PROVIDER/GROUP");
        }
        checks.required("/spec/role", wish.role());
        var role = checks.oneOf("/spec/role", wish.role(), Role.class, Role.VIEWER);
        role.permissions().forEach(permission -> caller.require(permission, scope));
        return new RoleBindingSpec(principal, role.name(), scope.cluster().orElse(null));
    }

    /// What a binding gives.
    static Grant grant(Document binding) {
        return Grant.of(
                Role.valueOf(binding.spec().path("role").asString()),
                Scope.of(binding.tenantId(), binding.clusterId()));
    }
}
