// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The part of a resource that a PATCH (`application/merge-patch+json`, RFC 7396) works on.
public record UpdateRequest<S>(
        @Nullable Metadata metadata, @Nullable S spec) {

    /// The part of the metadata that may change.
    public record Metadata(
            @Nullable String name,
            @Nullable Map<String, String> labels,
            @Nullable Boolean deletionProtection) {}
}
