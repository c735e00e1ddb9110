// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// By what else than credentials clients of a cluster prove who they are; both within TLS only.
///
/// @param clientCa certificates (PEM) of authorities: a client whose certificate one of them signed is
///     `User:<its distinguished name>`; null: certificates are not asked for
/// @param tokens whose bearer tokens (OAUTHBEARER) are taken; null: nobody's
public record ClusterAuthentication(
        @Nullable String clientCa, @Nullable TokenIssuer tokens) {

    /// Somebody who vouches for clients.
    ///
    /// @param keysUrl https address of the issuer's JSON Web Key Set
    /// @param issuer the `iss` claim of its tokens
    /// @param audience the `aud` claim that they must have
    /// @param principalClaim which claim names the principal; null: `sub`
    public record TokenIssuer(
            @Nullable String keysUrl,
            @Nullable String issuer,
            @Nullable String audience,
            @Nullable String principalClaim) {}
}
