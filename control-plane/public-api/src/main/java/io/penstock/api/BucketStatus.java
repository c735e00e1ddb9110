// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// How a bucket is.
///
/// @param verification the newest one; a bucket is registered only after one was passed
public record BucketStatus(
        Phase phase, CredentialSource credentials, @Nullable BucketVerification verification) {
    /// Where the keys come from.
    public enum CredentialSource {
        GIVEN,
        ENVIRONMENT
    }
}
