// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import static io.penstock.control.access.Permission.ACCESS_MANAGE;
import static io.penstock.control.access.Permission.ACCESS_READ;
import static io.penstock.control.access.Permission.API_KEY_MANAGE;
import static io.penstock.control.access.Permission.BUCKET_MANAGE;
import static io.penstock.control.access.Permission.BUCKET_READ;
import static io.penstock.control.access.Permission.CLUSTER_MANAGE;
import static io.penstock.control.access.Permission.CLUSTER_READ;
import static io.penstock.control.access.Permission.FLEET_MANAGE;
import static io.penstock.control.access.Permission.FLEET_READ;
import static io.penstock.control.access.Permission.METRICS_READ;
import static io.penstock.control.access.Permission.OPERATION_READ;
import static io.penstock.control.access.Permission.TENANT_READ;
import static io.penstock.control.access.Permission.TOPIC_MANAGE;
import static io.penstock.control.access.Permission.TOPIC_READ;

import java.util.EnumSet;

/// A set of permissions with a name. Where they hold (everywhere or in one tenant) is the credential's matter.
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

    private EnumSet<Permission> permissions() {
        return switch (this) {
            case ORG_ADMIN -> EnumSet.allOf(Permission.class);
            case OPERATOR ->
                EnumSet.of(
                        TENANT_READ,
                        BUCKET_READ,
                        BUCKET_MANAGE,
                        FLEET_READ,
                        FLEET_MANAGE,
                        CLUSTER_READ,
                        TOPIC_READ,
                        OPERATION_READ,
                        METRICS_READ);
            case TENANT_ADMIN ->
                EnumSet.of(
                        TENANT_READ,
                        BUCKET_READ,
                        FLEET_READ,
                        CLUSTER_READ,
                        CLUSTER_MANAGE,
                        TOPIC_READ,
                        TOPIC_MANAGE,
                        ACCESS_READ,
                        ACCESS_MANAGE,
                        OPERATION_READ,
                        API_KEY_MANAGE,
                        METRICS_READ);
            case DEVELOPER ->
                EnumSet.of(
                        TENANT_READ,
                        BUCKET_READ,
                        FLEET_READ,
                        CLUSTER_READ,
                        TOPIC_READ,
                        TOPIC_MANAGE,
                        ACCESS_READ,
                        OPERATION_READ);
            case VIEWER -> EnumSet.of(TENANT_READ, BUCKET_READ, FLEET_READ, CLUSTER_READ, TOPIC_READ, OPERATION_READ);
            case METRICS_READER -> EnumSet.of(METRICS_READ);
        };
    }
}
