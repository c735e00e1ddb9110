// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import io.penstock.control.placement.Candidate;
import io.penstock.control.placement.PlacementPlan;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What one metalog entry says to move every shard of any number of dead brokers of one cluster to the living.
///
/// An incarnation is retired only together with *all* its shards (R4: only then may an heir seal its WAL against
/// everybody). If nobody lives, the dead stay leaders on paper until somebody comes. Size and work are
/// O(shards). Pure.
///
/// @param retired incarnations that end with this entry
/// @param heirs the new leader of every shard that gets one
public record FailoverPlan(List<Incarnation> retired, SequencedMap<ShardId, Incarnation> heirs) {
    public FailoverPlan {
        retired = List.copyOf(retired);
    }

    /// @param shards all shards of the cluster
    /// @param leaders who leads what, as the cluster's image says; a shard may have no leader yet
    /// @param registered incarnations that the image knows and that are not retired
    /// @param dead incarnations that are given up
    /// @param living who may lead; none of them dead
    public static FailoverPlan of(
            Collection<ShardId> shards,
            Map<ShardId, Incarnation> leaders,
            Collection<Incarnation> registered,
            Set<Incarnation> dead,
            Collection<Candidate> living) {
        for (Candidate candidate : living) {
            if (dead.contains(candidate.incarnation())) {
                throw new IllegalArgumentException("both dead and living: " + candidate.incarnation());
            }
        }
        var ended = new TreeSet<Incarnation>();
        for (Incarnation incarnation : registered) {
            if (dead.contains(incarnation)) {
                ended.add(incarnation);
            }
        }
        var homeless = new ArrayList<ShardId>();
        for (ShardId shard : shards) {
            Incarnation leader = leaders.get(shard);
            if (leader == null || dead.contains(leader)) {
                homeless.add(shard);
            }
            if (leader != null && dead.contains(leader)) {
                ended.add(leader);
            }
        }
        if (living.isEmpty()) {
            ended.removeAll(leaders.values());
            return new FailoverPlan(List.copyOf(ended), new TreeMap<>());
        }
        return new FailoverPlan(
                List.copyOf(ended),
                PlacementPlan.filling(leaders, homeless, living).moves());
    }

    public boolean isEmpty() {
        return retired.isEmpty() && heirs.isEmpty();
    }
}
