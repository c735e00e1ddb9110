// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// For whom a credential opens a cluster, and how.
///
/// @param serviceAccountId whom it stands for
/// @param mechanism SCRAM_SHA_512 (default) or SCRAM_SHA_256; over TLS PLAIN works with either
/// @param expiresAt when it stops working; null: never
public record CredentialSpec(
        @Nullable String serviceAccountId,
        @Nullable String mechanism,
        @Nullable Instant expiresAt) {}
