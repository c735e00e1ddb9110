// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.user;

import io.penstock.api.IdentityProviderSpec;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.document.DocumentRules;
import io.penstock.control.problem.FieldChecks;
import io.penstock.control.resource.Documents;
import io.penstock.control.resource.IdPrefix;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Component;

/// Who says who people are.
@Component
public final class IdentityProviderRules implements DocumentRules<IdentityProviderSpec> {
    static final String KIND = "IdentityProvider";
    static final String GROUPS = "groups";
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "localhost", "[::1]");

    private final Documents documents;

    IdentityProviderRules(Documents documents) {
        this.documents = documents;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public IdPrefix prefix() {
        return IdPrefix.IDENTITY_PROVIDER;
    }

    @Override
    public Class<IdentityProviderSpec> type() {
        return IdentityProviderSpec.class;
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
    public IdentityProviderSpec checked(
            Caller caller,
            Scope scope,
            Optional<IdentityProviderSpec> before,
            IdentityProviderSpec wish,
            FieldChecks checks) {
        var issuer = checks.required("/spec/issuer", wish.issuer());
        var audience = checks.required("/spec/audience", wish.audience());
        var keysUrl = checks.required("/spec/keys_url", wish.keysUrl());
        checks.that(
                keysUrl.isEmpty() || trustworthy(keysUrl),
                "/spec/keys_url",
                "invalid_value",
                "an https URL; http on this machine only");
        boolean taken = documents.with(KIND, "issuer", List.of(issuer)).stream()
                .anyMatch(
                        other -> before.isEmpty() || !issuer.equals(before.get().issuer()));
        checks.that(!taken, "/spec/issuer", "already_exists", "another identity provider has this issuer");
        var groups = checks.text("/spec/groups_claim", wish.groupsClaim(), 100);
        return new IdentityProviderSpec(issuer, audience, keysUrl, groups.isEmpty() ? GROUPS : groups);
    }

    private static boolean trustworthy(String url) {
        try {
            var uri = new URI(url);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost())));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
