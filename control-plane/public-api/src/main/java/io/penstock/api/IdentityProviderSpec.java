// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// Whose tokens (OpenID Connect) this API takes.
///
/// @param issuer the `iss` of its tokens
/// @param audience what must be in their `aud`
/// @param keysUrl where its public keys (JWKS) are
/// @param groupsClaim the claim with the names of groups that a person is in; `groups` if absent
public record IdentityProviderSpec(
        @Nullable String issuer,
        @Nullable String audience,
        @Nullable String keysUrl,
        @Nullable String groupsClaim) {}
