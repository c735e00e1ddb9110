// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import io.penstock.api.ApiKeyStatus.SecretStatus;
import org.jspecify.annotations.Nullable;

/// A one-time token as it is shown once.
///
/// @param secret null where it is not shown any more
public record JoinTokenStatus(@Nullable String secret, SecretStatus secretStatus) {}
