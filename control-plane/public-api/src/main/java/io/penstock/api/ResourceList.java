// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// One page of a list.
public record ResourceList<R>(String apiVersion, String kind, ListMetadata metadata, List<R> data) {

    /// @param next URL of the next page; null on the last one
    /// @param totalSize only when `include=total_size` was asked for
    public record ListMetadata(
            @Nullable String next,
            @Nullable String nextPageToken,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Long totalSize) {}
}
