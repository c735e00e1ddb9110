// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

/// What the store calls this content of this key (an ETag, a version number). Opaque: only equality has a meaning.
public record ObjectVersion(String token) {
    public ObjectVersion {
        if (token.isEmpty()) {
            throw new IllegalArgumentException("an object version is never empty");
        }
    }
}
