// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.layout;

import io.penstock.objectstore.ObjectKey;

/// The part of a bucket that one cluster owns: `<tenant id>/<cluster id>`, made of ids, never of names, and never used
/// twice.
/// The bucket's own root is not part of it: stores are opened at their root.
public record ClusterPrefix(String value) {
    public ClusterPrefix {
        ObjectKey.of(value);
    }

    public static ClusterPrefix of(String tenantId, String clusterId) {
        return new ClusterPrefix(tenantId + "/" + clusterId);
    }

    /// The key of a thing below this prefix.
    public ObjectKey key(String relative) {
        return ObjectKey.of(value + "/" + relative);
    }

    @Override
    public String toString() {
        return value;
    }
}
