// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

/// Where a resource is in its life. Clients must expect further values.
public enum Phase {
    PENDING,
    PROVISIONING,
    READY,
    UPDATING,
    DEGRADED,
    SUSPENDED,
    DELETING,
    DELETED,
    FAILED
}
