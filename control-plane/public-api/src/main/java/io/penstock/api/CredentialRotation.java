// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// How a credential is replaced by a new one.
///
/// @param overlap how long the old one goes on working, as ISO 8601 has it (`PT24H`, the default); PT0S: not at all
/// @param expiresAt when the new one stops working; null: when the old one would have
/// @param secret the new one's, 16 to 128 characters; null: one is drawn. Never shown
public record CredentialRotation(
        @Nullable String overlap,
        @Nullable Instant expiresAt,
        @Nullable String secret) {}
