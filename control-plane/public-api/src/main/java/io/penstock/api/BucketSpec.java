// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/// An object-store location.
///
/// @param uri `file:/DIR` or `s3://bucket/root?endpoint=…&region=…&path_style=true`; never changes
/// @param credentials for `s3`; left out: those of the control plane's and the brokers' environment. Never shown
public record BucketSpec(
        @Nullable String uri,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Credentials credentials) {

    /// Keys to an S3 bucket.
    public record Credentials(
            @Nullable String accessKeyId,
            @Nullable String secretAccessKey,
            @Nullable String sessionToken) {}
}
