// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import static io.penstock.control.access.Permission.ACCESS_MANAGE;
import static io.penstock.control.access.Permission.ACCESS_READ;
import static io.penstock.control.access.Permission.ALERT_MANAGE;
import static io.penstock.control.access.Permission.ALERT_READ;
import static io.penstock.control.access.Permission.API_KEY_MANAGE;
import static io.penstock.control.access.Permission.AUDIT_READ;
import static io.penstock.control.access.Permission.BUCKET_MANAGE;
import static io.penstock.control.access.Permission.BUCKET_READ;
import static io.penstock.control.access.Permission.CLUSTER_MANAGE;
import static io.penstock.control.access.Permission.CLUSTER_READ;
import static io.penstock.control.access.Permission.EVENT_READ;
import static io.penstock.control.access.Permission.FLEET_MANAGE;
import static io.penstock.control.access.Permission.FLEET_READ;
import static io.penstock.control.access.Permission.GROUP_MANAGE;
import static io.penstock.control.access.Permission.GROUP_READ;
import static io.penstock.control.access.Permission.METRICS_READ;
import static io.penstock.control.access.Permission.OPERATION_READ;
import static io.penstock.control.access.Permission.ORGANIZATION_READ;
import static io.penstock.control.access.Permission.RECORD_READ;
import static io.penstock.control.access.Permission.RECORD_WRITE;
import static io.penstock.control.access.Permission.ROLE_MANAGE;
import static io.penstock.control.access.Permission.ROLE_READ;
import static io.penstock.control.access.Permission.TENANT_READ;
import static io.penstock.control.access.Permission.TOPIC_MANAGE;
import static io.penstock.control.access.Permission.TOPIC_READ;
import static io.penstock.control.access.Permission.USAGE_READ;

import java.util.EnumSet;

/// A set of permissions with a name. Where they hold (everywhere, in one tenant, in one cluster) is the
/// grant's matter.
public enum Role {
    ORG_ADMIN,
    OPERATOR,
    TENANT_ADMIN,
    DEVELOPER,
    VIEWER,
    METRICS_READER;

    public boolean allows(Permission permission) {
        return permissions().contains(permission);
    }

    /// All that it allows.
    public EnumSet<Permission> permissions() {
        return switch (this) {
            case ORG_ADMIN -> EnumSet.allOf(Permission.class);
            case OPERATOR ->
                EnumSet.of(
                        ORGANIZATION_READ,
                        TENANT_READ,
                        BUCKET_READ,
                        BUCKET_MANAGE,
                        FLEET_READ,
                        FLEET_MANAGE,
                        CLUSTER_READ,
                        TOPIC_READ,
                        GROUP_READ,
                        OPERATION_READ,
                        EVENT_READ,
                        USAGE_READ,
                        ALERT_READ,
                        ALERT_MANAGE,
                        METRICS_READ);
            case TENANT_ADMIN -> {
                var all = DEVELOPER.permissions();
                all.addAll(
                        EnumSet.of(CLUSTER_MANAGE, ACCESS_MANAGE, API_KEY_MANAGE, ROLE_READ, ROLE_MANAGE, AUDIT_READ));
                all.add(ALERT_MANAGE);
                yield all;
            }
            case DEVELOPER -> {
                var all = VIEWER.permissions();
                all.addAll(EnumSet.of(TOPIC_MANAGE, GROUP_MANAGE, RECORD_READ, RECORD_WRITE, ACCESS_READ));
                yield all;
            }
            case VIEWER ->
                EnumSet.of(
                        ORGANIZATION_READ,
                        TENANT_READ,
                        BUCKET_READ,
                        FLEET_READ,
                        CLUSTER_READ,
                        TOPIC_READ,
                        GROUP_READ,
                        OPERATION_READ,
                        EVENT_READ,
                        USAGE_READ,
                        ALERT_READ,
                        METRICS_READ);
            case METRICS_READER -> EnumSet.of(METRICS_READ);
        };
    }
}
