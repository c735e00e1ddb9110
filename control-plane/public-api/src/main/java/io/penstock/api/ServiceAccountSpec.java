// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What a service account is for.
///
/// @param description free words for people
public record ServiceAccountSpec(@Nullable String description) {}
