// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import java.time.Duration;

/// How placement takes its time.
///
/// @param settle how long a cluster is left alone after a change of leaders before it is levelled further
/// @param levellingShare of a cluster's shards at most one in so many moves at a time
/// @param joinPatience how long a cluster's very first assignment waits for the fleet's other brokers: shards
/// that are given to one broker first would have to be moved again at once
/// @param drainPatience a leaving broker is let go after this even if a hand-off was not reported
/// @param rebalance how long a cluster is left alone before shards change places because some brokers are busier
/// @param leastGap bytes a second by which the busiest broker must exceed the idlest before anything moves for it
public record PlacementSettings(
        Duration settle,
        int levellingShare,
        Duration joinPatience,
        Duration drainPatience,
        Duration rebalance,
        double leastGap) {
    public static PlacementSettings defaults() {
        return new PlacementSettings(
                Duration.ofSeconds(1), // several times what a hand-off takes
                4,
                Duration.ofSeconds(1),
                Duration.ofSeconds(10),
                Duration.ofSeconds(30), // a move is felt for a moment; loads are known after about as long
                1 << 20);
    }
}
