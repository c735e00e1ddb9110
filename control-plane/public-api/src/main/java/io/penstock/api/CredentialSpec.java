// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// For whom a credential opens a cluster, and how.
///
/// @param serviceAccountId whom it stands for
/// @param mechanism SCRAM_SHA_512 (default) or SCRAM_SHA_256; over TLS PLAIN works with either
/// @param expiresAt when it stops working; null: never
/// @param secret at creation only: the caller's own, 16 to 128 characters; null: one is drawn. Never shown
public record CredentialSpec(
        @Nullable String serviceAccountId,
        @Nullable String mechanism,
        @Nullable Instant expiresAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {}
