// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.user;

import io.penstock.api.UserSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Document;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdPrefix;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// People. Who they are at their identity provider is found out at the first sign-in and never changed by
/// hand.
@Component
public final class UserRules implements DocumentRules<UserSpec> {
    static final String KIND = "User";

    private final Documents documents;

    UserRules(Documents documents) {
        this.documents = documents;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public IdPrefix prefix() {
        return IdPrefix.USER;
    }

    @Override
    public Class<UserSpec> type() {
        return UserSpec.class;
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
        return false;
    }

    @Override
    public UserSpec checked(Caller caller, Scope scope, Optional<UserSpec> before, UserSpec wish, FieldChecks checks) {
        var email = checks.text("/spec/email", wish.email(), 254);
        var known = before.orElse(new UserSpec(null, null, null, null, null));
        // Providers need not tell the address of who has signed in.
        checks.that(
                email.matches("[^@\\s]+@[^@\\s]+") || (email.isEmpty() && known.subject() != null),
                "/spec/email",
                "invalid_value",
                "an e-mail address: ada@example.com");
        checks.that(
                same(wish.identityProviderId(), known.identityProviderId()),
                "/spec/identity_provider_id",
                "not_allowed",
                "it is found out at the first sign-in");
        checks.that(
                same(wish.subject(), known.subject()),
                "/spec/subject",
                "not_allowed",
                "it is found out at the first sign-in");
        return new UserSpec(
                email,
                checks.text("/spec/display_name", wish.displayName(), 200),
                known.identityProviderId(),
                known.subject(),
                Boolean.TRUE.equals(wish.disabled()));
    }

    private static boolean same(
            @org.jspecify.annotations.Nullable String wish, @org.jspecify.annotations.Nullable String known) {
        return java.util.Objects.equals(wish, known);
    }

    /// Who is gone has no roles.
    @Override
    public void deleting(Document document) {
        documents
                .with(RoleBindingRules.KIND, RoleBindingRules.PRINCIPAL, List.of(document.id()))
                .forEach(binding -> documents.delete(binding.id()));
    }
}
