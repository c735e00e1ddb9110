// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation;

/// What went on in a world, in numbers: tells a world that proves something from one that slept.
///
/// @param acknowledged records acknowledged to producers
/// @param served records read by consumers
/// @param failovers shards of a broker that died, froze or was falsely suspected moved away from it
/// @param failoversInFlight of these, with puts of that broker still unanswered
/// @param handOffs shards handed from one living broker to another
/// @param seals seals that came to be in some WAL
/// @param storeRequests requests to the store
/// @param steps tasks run
public record WorldStatistics(
        long acknowledged,
        long served,
        long failovers,
        long failoversInFlight,
        long handOffs,
        long seals,
        long storeRequests,
        long steps) {
    public static WorldStatistics none() {
        return new WorldStatistics(0, 0, 0, 0, 0, 0, 0, 0);
    }

    public WorldStatistics plus(WorldStatistics other) {
        return new WorldStatistics(
                acknowledged + other.acknowledged,
                served + other.served,
                failovers + other.failovers,
                failoversInFlight + other.failoversInFlight,
                handOffs + other.handOffs,
                seals + other.seals,
                storeRequests + other.storeRequests,
                steps + other.steps);
    }
}
