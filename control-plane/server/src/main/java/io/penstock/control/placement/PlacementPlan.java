// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.SortedMap;
import java.util.TreeMap;

/// Which shards of one cluster get which new leader.
///
/// Promises: every broker of the cluster ends with as many shards as any other, give or take one, as far as the
/// plan may
/// move; among equals the zone with fewer shards of this cluster wins, then the process with the lower total
/// load, then the lower node id. What need not move does not. Equal questions get equal answers. Pure.
///
/// @param moves the new leader of every shard that gets one, and of no other
public record PlacementPlan(SequencedMap<ShardId, Incarnation> moves) {
    public PlacementPlan {
        moves = Collections.unmodifiableSequencedMap(new TreeMap<>(moves));
    }

    /// Gives every homeless shard a leader and leaves all others alone: the plan of a first assignment, a
    /// failover and a
    /// drain.
    ///
    /// @param leaders who leads what today; leaders that are no candidates count for nothing
    /// @param homeless the shards that need a leader
    /// @param candidates who may lead; if there is none the plan is empty and the shards wait
    public static PlacementPlan filling(
            Map<ShardId, Incarnation> leaders, Collection<ShardId> homeless, Collection<Candidate> candidates) {
        var tally = new Tally(candidates);
        leaders.forEach((shard, leader) -> {
            if (!homeless.contains(shard)) {
                tally.add(shard, leader);
            }
        });
        SortedMap<ShardId, Incarnation> moves = new TreeMap<>();
        if (!candidates.isEmpty()) {
            for (ShardId shard : homeless.stream().sorted().distinct().toList()) {
                Candidate heir = tally.emptiest();
                tally.add(shard, heir.incarnation());
                moves.put(shard, heir.incarnation());
            }
        }
        return new PlacementPlan(new TreeMap<>(moves));
    }

    /// Moves shards from brokers that lead at least two more than another to the emptiest: the plan after a
    /// broker has joined.
    ///
    /// @param leaders who leads what today; shards of leaders that are no candidates stay where they are
    /// @param most how many shards may move at once, so that a join is felt as little as possible
    public static PlacementPlan levelling(
            Map<ShardId, Incarnation> leaders, Collection<Candidate> candidates, int most) {
        var tally = new Tally(candidates);
        leaders.forEach(tally::add);
        SortedMap<ShardId, Incarnation> moves = new TreeMap<>();
        while (candidates.size() > 1 && moves.size() < most) {
            Candidate giver = tally.fullest();
            Candidate taker = tally.emptiest();
            if (tally.count(giver) - tally.count(taker) < 2) {
                break;
            }
            ShardId shard = tally.takeFrom(giver);
            tally.add(shard, taker.incarnation());
            moves.put(shard, taker.incarnation());
        }
        return new PlacementPlan(new TreeMap<>(moves));
    }

    public boolean isEmpty() {
        return moves.isEmpty();
    }

    /// Shards of the cluster by candidate and by zone, kept up to date while a plan grows.
    private static final class Tally {
        private final List<Candidate> candidates;
        private final Map<Incarnation, Candidate> byIncarnation = new HashMap<>();
        private final Map<Incarnation, List<ShardId>> shards = new HashMap<>();
        private final Map<String, Integer> byZone = new HashMap<>();
        private final Comparator<Candidate> emptiestFirst;

        Tally(Collection<Candidate> candidates) {
            this.candidates = List.copyOf(candidates);
            for (Candidate candidate : candidates) {
                if (byIncarnation.put(candidate.incarnation(), candidate) != null) {
                    throw new IllegalArgumentException("twice a candidate: " + candidate.incarnation());
                }
                shards.put(candidate.incarnation(), new ArrayList<>());
            }
            // Total load comes after the zone: a zone's loss hurts the cluster, a busy process only slows it.
            emptiestFirst = Comparator.<Candidate>comparingInt(this::count)
                    .thenComparingInt(c -> byZone.getOrDefault(c.zone(), 0))
                    .thenComparingInt(c -> count(c) + c.otherLoad())
                    .thenComparingInt(Candidate::nodeId)
                    .thenComparing(Candidate::incarnation);
        }

        void add(ShardId shard, Incarnation leader) {
            Candidate candidate = byIncarnation.get(leader);
            if (candidate != null) {
                led(leader).add(shard);
                byZone.merge(candidate.zone(), 1, Integer::sum);
            }
        }

        int count(Candidate candidate) {
            return led(candidate.incarnation()).size();
        }

        Candidate emptiest() {
            return Collections.min(candidates, emptiestFirst);
        }

        Candidate fullest() {
            return Collections.max(candidates, emptiestFirst);
        }

        /// The highest-numbered shard goes first: any fixed choice does, so that plans repeat.
        ShardId takeFrom(Candidate giver) {
            List<ShardId> led = led(giver.incarnation());
            ShardId shard = Collections.max(led);
            led.remove(shard);
            byZone.merge(giver.zone(), -1, Integer::sum);
            return shard;
        }

        private List<ShardId> led(Incarnation incarnation) {
            return shards.computeIfAbsent(incarnation, i -> new ArrayList<>());
        }
    }
}
