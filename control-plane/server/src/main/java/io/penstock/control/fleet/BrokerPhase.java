// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.util.EnumSet;
import java.util.Set;

/// Where a broker is in its life.
///
/// ```
/// STARTING ──► SERVING ──► DRAINING ──► RETIRED
///     │          │  ▲          │           ▲
///     │          ▼  │          ▼           │
///     ├──────► SUSPECTED ◄─────┘ ──────────┤      every phase but RETIRED ──► LOST
/// ```
///
/// SUSPECTED means: fenced, maybe alive. Such a broker may come back (with new incarnations), be told to retire, or
/// turn
/// out to be gone. LOST means: the process has certainly ended. RETIRED and LOST are final; a successor is a
/// broker of its own, even if it takes over the node id.
public enum BrokerPhase {
    STARTING,
    SERVING,
    DRAINING,
    SUSPECTED,
    LOST,
    RETIRED;

    /// The phases that may follow this one.
    public Set<BrokerPhase> next() {
        return switch (this) {
            case STARTING -> EnumSet.of(SERVING, DRAINING, SUSPECTED, LOST, RETIRED);
            case SERVING -> EnumSet.of(DRAINING, SUSPECTED, LOST);
            case DRAINING -> EnumSet.of(SUSPECTED, LOST, RETIRED);
            case SUSPECTED -> EnumSet.of(SERVING, DRAINING, LOST, RETIRED);
            case LOST, RETIRED -> EnumSet.noneOf(BrokerPhase.class);
        };
    }

    /// Whether shards may be given to it.
    public boolean takesShards() {
        return this == SERVING;
    }

    /// Whether its incarnations of before are given up and its shards belong to others.
    public boolean isGivenUp() {
        return switch (this) {
            case SUSPECTED, LOST, RETIRED -> true;
            case STARTING, SERVING, DRAINING -> false;
        };
    }

    /// Whether it counts towards the size that its fleet should have.
    public boolean countsTowardsSize() {
        return switch (this) {
            case STARTING, SERVING -> true;
            case DRAINING, SUSPECTED, LOST, RETIRED -> false;
        };
    }

    /// Whether its life is over.
    public boolean isFinal() {
        return next().isEmpty();
    }
}
