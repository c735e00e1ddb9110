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
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/// Which shards of a cluster change places so that its brokers are equally busy. Pure.
///
/// Brokers keep as many shards as they have, give or take one: busy shards are exchanged for idle ones, so that this
/// and [PlacementPlan#levelling] never undo each other. Nothing moves for little: the busiest broker must be busier
/// than the idlest by a quarter of the mean *and* by so many bytes a second, and an exchange must close at least a
/// tenth of that gap.
final class LoadBalance {
    private static final double WORTH_MOVING = 0.25;
    private static final double WORTH_AN_EXCHANGE = 0.1;

    private final Map<Incarnation, List<ShardId>> led = new HashMap<>();
    private final List<Candidate> candidates;
    private final Map<ShardId, Double> loads;
    private final double leastGap;
    private final SequencedMap<ShardId, Incarnation> moves = new TreeMap<>();

    private LoadBalance(
            Map<ShardId, Incarnation> leaders,
            Collection<Candidate> candidates,
            Map<ShardId, Double> loads,
            double leastGap) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparingInt(Candidate::nodeId))
                .toList();
        this.loads = loads;
        this.leastGap = leastGap;
        candidates.forEach(candidate -> led.put(candidate.incarnation(), new ArrayList<>()));
        new TreeMap<>(leaders).forEach((shard, leader) -> {
            List<ShardId> mine = led.get(leader);
            if (mine != null) {
                mine.add(shard);
            }
        });
    }

    /// @param loads bytes a second by shard
    /// @param leastGap bytes a second that are worth a move
    /// @param most how many shards may move at once
    /// @return the new leader of every shard that moves
    static SequencedMap<ShardId, Incarnation> of(
            Map<ShardId, Incarnation> leaders,
            Collection<Candidate> candidates,
            Map<ShardId, Double> loads,
            double leastGap,
            int most) {
        var balance = new LoadBalance(leaders, candidates, loads, leastGap);
        while (candidates.size() > 1 && balance.step(most - balance.moves.size())) {
            // until nothing is worth it
        }
        return Collections.unmodifiableSequencedMap(balance.moves);
    }

    /// One shard for one, or one for none.
    private record Exchange(ShardId given, Optional<ShardId> taken, double gapAfter) {}

    private boolean step(int left) {
        Candidate busiest = Collections.max(candidates, Comparator.comparingDouble(this::load));
        Candidate idlest = Collections.min(candidates, Comparator.comparingDouble(this::load));
        double gap = load(busiest) - load(idlest);
        double mean = candidates.stream().mapToDouble(this::load).sum() / candidates.size();
        if (gap < leastGap || gap < mean * WORTH_MOVING) {
            return false;
        }
        Optional<Exchange> best = best(busiest, idlest, gap, left);
        best.filter(found -> found.gapAfter() <= gap * (1 - WORTH_AN_EXCHANGE)).ifPresent(found -> {
            move(found.given(), busiest, idlest);
            found.taken().ifPresent(shard -> move(shard, idlest, busiest));
        });
        return best.filter(found -> found.gapAfter() <= gap * (1 - WORTH_AN_EXCHANGE))
                .isPresent();
    }

    private Optional<Exchange> best(Candidate busiest, Candidate idlest, double gap, int left) {
        var exchanges = new ArrayList<Exchange>();
        boolean mayGive = led(busiest).size() > led(idlest).size();
        for (ShardId given : led(busiest)) {
            if (moves.containsKey(given)) {
                continue;
            }
            if (mayGive && left >= 1) {
                exchanges.add(new Exchange(given, Optional.empty(), Math.abs(gap - 2 * load(given))));
            }
            if (left >= 2) {
                for (ShardId taken : led(idlest)) {
                    if (!moves.containsKey(taken)) {
                        exchanges.add(new Exchange(
                                given, Optional.of(taken), Math.abs(gap - 2 * (load(given) - load(taken)))));
                    }
                }
            }
        }
        return exchanges.stream().min(Comparator.comparingDouble(Exchange::gapAfter));
    }

    private void move(ShardId shard, Candidate from, Candidate to) {
        led(from).remove(shard);
        led(to).add(shard);
        moves.put(shard, to.incarnation());
    }

    private List<ShardId> led(Candidate candidate) {
        return led.getOrDefault(candidate.incarnation(), List.of());
    }

    private double load(Candidate candidate) {
        return led(candidate).stream().mapToDouble(this::load).sum();
    }

    private double load(ShardId shard) {
        return loads.getOrDefault(shard, 0.0);
    }
}
