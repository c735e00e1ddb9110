// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.util.Locale;

/// What a caller may be allowed to do.
public enum Permission {
    TENANT_READ,
    TENANT_MANAGE,
    BUCKET_READ,
    BUCKET_MANAGE,
    FLEET_READ,
    FLEET_MANAGE,
    CLUSTER_READ,
    CLUSTER_MANAGE,
    TOPIC_READ,
    TOPIC_MANAGE,
    /// Service accounts, credentials and ACLs of clusters.
    ACCESS_READ,
    ACCESS_MANAGE,
    OPERATION_READ,
    API_KEY_MANAGE,
    METRICS_READ;

    /// As callers read it in `required_permission`: `cluster.manage`.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_(?=[^_]*$)", ".");
    }
}
