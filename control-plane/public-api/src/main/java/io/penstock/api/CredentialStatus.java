// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How a credential is.
///
/// @param username as a Kafka client names itself
/// @param secret the password, in the answer to its creation only
/// @param secretStatus SHOWN_ONCE with the secret, NOT_RETRIEVABLE ever after
public record CredentialStatus(
        Phase phase,
        String username,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        ApiKeyStatus.SecretStatus secretStatus) {}
