// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PlacementPlanTest {

    @Test
    void aFirstAssignmentGivesEveryBrokerTheSameGiveOrTakeOne() {
        var plan = PlacementPlan.filling(Map.of(), shards(16), List.of(node(0), node(1), node(2)));

        assertThat(plan.moves()).hasSize(16);
        assertThat(counts(plan.moves())).containsOnly(Map.entry(of(0), 6L), Map.entry(of(1), 5L), Map.entry(of(2), 5L));
    }

    @Test
    void theOddShardGoesToTheProcessThatLeadsLeastElsewhere() {
        var plan = PlacementPlan.filling(Map.of(), shards(16), List.of(node(0, "", 9), node(1, "", 9), node(2, "", 4)));

        assertThat(counts(plan.moves())).containsEntry(of(2), 6L);
    }

    @Test
    void amongEqualsTheZoneWithFewerShardsWins() {
        var candidates = List.of(node(0, "a", 0), node(1, "a", 0), node(2, "b", 5));

        var plan = PlacementPlan.filling(Map.of(), shards(4), candidates);

        assertThat(counts(plan.moves())).containsEntry(of(2), 2L);
    }

    @Test
    void aFailoverSpreadsTheDeadBrokersShardsAndTouchesNoOther() {
        var leaders = PlacementPlan.filling(Map.of(), shards(16), List.of(node(0), node(1), node(2)))
                .moves();
        var orphans = shardsOf(leaders, of(0));

        var plan = PlacementPlan.filling(leaders, orphans, List.of(node(1), node(2)));

        assertThat(plan.moves().keySet()).containsExactlyElementsOf(orphans);
        assertThat(counts(after(leaders, plan))).containsOnly(Map.entry(of(1), 8L), Map.entry(of(2), 8L));
    }

    @Test
    void aNewBrokerGetsItsShareAndNothingElseMoves() {
        var leaders = PlacementPlan.filling(Map.of(), shards(16), List.of(node(0), node(1)))
                .moves();

        var plan = PlacementPlan.levelling(leaders, List.of(node(0), node(1), node(2)), 100);

        assertThat(plan.moves()).hasSize(5).values().containsOnly(of(2));
        assertThat(counts(after(leaders, plan)).values()).allMatch(n -> n == 5 || n == 6);
    }

    @Test
    void levellingMovesNoMoreAtOnceThanItMay() {
        var leaders =
                PlacementPlan.filling(Map.of(), shards(64), List.of(node(0))).moves();

        assertThat(PlacementPlan.levelling(leaders, List.of(node(0), node(1)), 4)
                        .moves())
                .hasSize(4);
    }

    @Test
    void aLevelClusterStaysAsItIs() {
        var candidates = List.of(node(0), node(1), node(2));
        var leaders = PlacementPlan.filling(Map.of(), shards(16), candidates).moves();

        assertThat(PlacementPlan.levelling(leaders, candidates, 100).isEmpty()).isTrue();
    }

    @Test
    void shardsWaitIfNobodyMayLead() {
        assertThat(PlacementPlan.filling(Map.of(), shards(16), List.of()).isEmpty())
                .isTrue();
    }

    @Test
    void fewerShardsThanBrokersLeaveSomeBrokersIdle() {
        var plan = PlacementPlan.filling(Map.of(), shards(2), List.of(node(0), node(1), node(2)));

        assertThat(counts(plan.moves())).containsOnly(Map.entry(of(0), 1L), Map.entry(of(1), 1L));
    }

    @Test
    void theOrderOfTheQuestionDoesNotChangeTheAnswer() {
        var random = new Random(42);
        for (int round = 0; round < 50; round++) {
            var candidates = new ArrayList<>(IntStream.range(0, 5)
                    .mapToObj(n -> node(n, "z" + n % 2, random.nextInt(3)))
                    .toList());
            var homeless = new ArrayList<>(shards(23));
            var one = PlacementPlan.filling(Map.of(), homeless, candidates);
            Collections.shuffle(candidates, random);
            Collections.shuffle(homeless, random);

            assertThat(PlacementPlan.filling(Map.of(), homeless, candidates)).isEqualTo(one);
        }
    }

    @Test
    void whateverHappensBrokersDifferByAtMostOneAfterLevelling() {
        var random = new Random(7);
        for (int round = 0; round < 200; round++) {
            int brokers = 1 + random.nextInt(6);
            var candidates = IntStream.range(0, brokers).mapToObj(n -> node(n)).toList();
            var leaders = new HashMap<ShardId, Incarnation>();
            for (ShardId shard : shards(1 + random.nextInt(40))) {
                leaders.put(shard, of(random.nextInt(brokers)));
            }

            var level = after(leaders, PlacementPlan.levelling(leaders, candidates, 1000));

            var counts = candidates.stream()
                    .mapToLong(c -> counts(level).getOrDefault(c.incarnation(), 0L))
                    .summaryStatistics();
            assertThat(counts.getMax() - counts.getMin()).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void aCandidateIsNamedOnce() {
        assertThatThrownBy(() -> PlacementPlan.filling(Map.of(), shards(1), List.of(node(0), node(0))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Map<ShardId, Incarnation> after(Map<ShardId, Incarnation> leaders, PlacementPlan plan) {
        var after = new HashMap<>(leaders);
        after.putAll(plan.moves());
        return after;
    }

    private static Map<Incarnation, Long> counts(Map<ShardId, Incarnation> leaders) {
        return leaders.values().stream().collect(groupingBy(i -> i, counting()));
    }

    private static List<ShardId> shardsOf(Map<ShardId, Incarnation> leaders, Incarnation leader) {
        return leaders.keySet().stream()
                .filter(s -> leader.equals(leaders.get(s)))
                .sorted()
                .toList();
    }

    private static List<ShardId> shards(int count) {
        return IntStream.range(0, count).mapToObj(ShardId::new).toList();
    }

    private static Candidate node(int id) {
        return node(id, "", 0);
    }

    private static Candidate node(int id, String zone, int otherLoad) {
        return new Candidate(of(id), id, zone, otherLoad);
    }

    private static Incarnation of(int node) {
        return new Incarnation(0, node);
    }
}
