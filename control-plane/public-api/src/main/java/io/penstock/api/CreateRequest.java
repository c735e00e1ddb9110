// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The body of every POST that makes a resource with an envelope. `api_version` and `kind` may be left out; if
/// given they must be right.
public record CreateRequest<S>(
        @Nullable String apiVersion,
        @Nullable String kind,
        @Nullable NewMetadata metadata,
        @Nullable S spec) {

    /// The part of the metadata that a caller decides.
    public record NewMetadata(
            @Nullable String name,
            @Nullable String tenantId,
            @Nullable Map<String, String> labels,
            @Nullable Boolean deletionProtection) {}
}
