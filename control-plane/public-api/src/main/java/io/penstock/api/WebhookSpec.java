// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// Where alerts are told.
///
/// @param url https
public record WebhookSpec(@Nullable String url) {}
