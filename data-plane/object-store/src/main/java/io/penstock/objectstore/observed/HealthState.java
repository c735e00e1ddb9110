// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

/// How well a store answers, as its own requests tell.
public enum HealthState {
    /// Most requests fail.
    UNAVAILABLE(0),
    /// Requests are slow, or more than a few fail.
    DEGRADED(1),
    HEALTHY(2);

    private final int value;

    HealthState(int value) {
        this.value = value;
    }

    /// What the health metric shows.
    int value() {
        return value;
    }
}
