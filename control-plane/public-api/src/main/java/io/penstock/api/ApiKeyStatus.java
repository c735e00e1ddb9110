// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How an API key is.
///
/// @param secret the whole key, in the answer to its creation only
/// @param secretStatus SHOWN_ONCE with the secret, NOT_RETRIEVABLE ever after
public record ApiKeyStatus(
        Phase phase,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        SecretStatus secretStatus) {
    /// Whether the secret is in this document.
    public enum SecretStatus {
        SHOWN_ONCE,
        NOT_RETRIEVABLE
    }
}
