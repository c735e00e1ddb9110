// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.util.Locale;
import java.util.Optional;

/// What a caller may be allowed to do.
public enum Permission {
    ORGANIZATION_READ,
    /// Prices and what else counts for everybody.
    ORGANIZATION_MANAGE,
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
    GROUP_READ,
    /// Deleting consumer groups and moving their offsets.
    GROUP_MANAGE,
    /// What is in topics.
    RECORD_READ,
    RECORD_WRITE,
    /// Service accounts, credentials and ACLs of clusters.
    ACCESS_READ,
    ACCESS_MANAGE,
    OPERATION_READ,
    API_KEY_MANAGE,
    /// Users, what they may do, and where they sign in.
    ROLE_READ,
    ROLE_MANAGE,
    EVENT_READ,
    /// Events that say who did what.
    AUDIT_READ,
    USAGE_READ,
    ALERT_READ,
    ALERT_MANAGE,
    METRICS_READ;

    /// As callers read it in `required_permission`: `cluster.manage`.
    public String text() {
        return name().toLowerCase(Locale.ROOT).replaceFirst("_(?=[^_]*$)", ".");
    }

    /// The one that is written so.
    public static Optional<Permission> ofText(String text) {
        for (var permission : values()) {
            if (permission.text().equals(text)) {
                return Optional.of(permission);
            }
        }
        return Optional.empty();
    }
}
