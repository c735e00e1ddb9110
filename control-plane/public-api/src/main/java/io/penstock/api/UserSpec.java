// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// A person who signs in elsewhere.
///
/// @param email for people, and to know an invited person by at the first sign-in
/// @param displayName for people
/// @param identityProviderId where the person signs in; null: not yet known
/// @param subject who the person is there; null: not signed in yet
/// @param disabled whether the person is kept out
public record UserSpec(
        @Nullable String email,
        @Nullable String displayName,
        @Nullable String identityProviderId,
        @Nullable String subject,
        @Nullable Boolean disabled) {}
