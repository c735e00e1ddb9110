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

    /// The legal moves: one step at a time, for the worse and for the better.
    ///
    /// @return the state that follows on the way to the one given; that itself if it is next to this one
    HealthState towards(HealthState goal) {
        return switch (this) {
            case HEALTHY -> goal == HEALTHY ? HEALTHY : DEGRADED;
            case DEGRADED -> goal;
            case UNAVAILABLE -> goal == UNAVAILABLE ? UNAVAILABLE : DEGRADED;
        };
    }

    /// What the health metric shows.
    int value() {
        return value;
    }
}
