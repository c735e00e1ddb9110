// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import org.jspecify.annotations.Nullable;

/// A world in which an invariant does not hold.
public final class InvariantViolated extends AssertionError {
    private static final long serialVersionUID = 1;

    private final Invariant invariant;

    public InvariantViolated(Invariant invariant, String detail, @Nullable Throwable cause) {
        super(invariant + ": " + detail, cause);
        this.invariant = invariant;
    }

    public Invariant invariant() {
        return invariant;
    }
}
