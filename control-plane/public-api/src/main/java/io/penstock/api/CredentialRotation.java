// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// How a credential is replaced by a new one.
///
/// @param overlap how long the old one goes on working, as ISO 8601 has it (`PT24H`, the default); PT0S: not at all
public record CredentialRotation(@Nullable String overlap) {}
