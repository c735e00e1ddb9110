// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.s3;

import io.penstock.objectstore.ObjectKey;
import java.net.URI;
import java.util.Optional;

/// Where the objects are.
///
/// @param root path in the bucket that every key is put below; empty for the bucket itself
/// @param endpoint the server; empty for AWS's own of the region
/// @param region empty for what the AWS environment says
/// @param pathStyle whether the bucket is a part of the path (`host/bucket/key`) instead of the host name
public record S3Location(
        String bucket, String root, Optional<URI> endpoint, Optional<String> region, boolean pathStyle) {
    public S3Location {
        if (bucket.isEmpty()) {
            throw new IllegalArgumentException("a bucket has a name");
        }
        if (!root.isEmpty()) {
            ObjectKey.of(root);
        }
    }

    String keyOf(ObjectKey key) {
        return keyOf(key.value());
    }

    String keyOf(String keyOrPrefix) {
        return root.isEmpty() ? keyOrPrefix : root + "/" + keyOrPrefix;
    }

    /// The object key of what the server calls `key`; empty for things that are not ours.
    Optional<ObjectKey> objectKey(String key) {
        if (!root.isEmpty() && !key.startsWith(root + "/")) {
            return Optional.empty();
        }
        String relative = root.isEmpty() ? key : key.substring(root.length() + 1);
        try {
            return Optional.of(ObjectKey.of(relative));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
