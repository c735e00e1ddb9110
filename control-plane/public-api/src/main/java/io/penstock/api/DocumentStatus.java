// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// How a resource is that has nothing to bring about.
///
/// @param secret only in the answer to its creation, for kinds that have one
/// @param secretStatus null for kinds that have none
public record DocumentStatus(
        Phase phase,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret,
        @JsonInclude(JsonInclude.Include.NON_NULL) ApiKeyStatus.@Nullable SecretStatus secretStatus) {}
