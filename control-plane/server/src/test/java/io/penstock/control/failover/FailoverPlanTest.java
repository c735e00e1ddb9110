// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.failover;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.control.placement.Candidate;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FailoverPlanTest {
    private static final List<ShardId> SHARDS =
            IntStream.range(0, 6).mapToObj(ShardId::new).toList();
    private static final Map<ShardId, Incarnation> LEADERS = leaders(0, 0, 1, 1, 2, 2);
    private static final List<Incarnation> ALL = List.of(of(0), of(1), of(2));

    @Test
    void allShardsOfTheDeadGoToTheLivingAndNoOther() {
        var plan = FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(0)), living(1, 2));

        assertThat(plan.retired()).containsExactly(of(0));
        assertThat(plan.heirs()).containsOnly(Map.entry(shard(0), of(1)), Map.entry(shard(1), of(2)));
    }

    @Test
    void severalDeadBrokersGoIntoOneEntry() {
        var plan = FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(0), of(1)), living(2));

        assertThat(plan.retired()).containsExactly(of(0), of(1));
        assertThat(plan.heirs().keySet()).containsExactly(shard(0), shard(1), shard(2), shard(3));
        assertThat(plan.heirs().values()).containsOnly(of(2));
    }

    @Test
    void nobodyIsRetiredBeforeItsShardsHaveHeirs() {
        var plan = FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(0), of(1), of(2)), List.of());

        assertThat(plan.isEmpty()).isTrue();
    }

    @Test
    void aDeadIncarnationThatLedNothingIsRetiredEvenIfNobodyLives() {
        var plan = FailoverPlan.of(SHARDS, LEADERS, List.of(of(0), of(1), of(2), of(9)), Set.of(of(9)), List.of());

        assertThat(plan.retired()).containsExactly(of(9));
        assertThat(plan.heirs()).isEmpty();
    }

    @Test
    void aReplacementInheritsWhenItIsAlone() {
        var plan = FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(0), of(1), of(2)), living(7));

        assertThat(plan.retired()).containsExactly(of(0), of(1), of(2));
        assertThat(plan.heirs()).hasSize(6).values().containsOnly(of(7));
    }

    @Test
    void shardsThatNobodyLedAreGivenOutInTheSameEntry() {
        var some = new TreeMap<>(LEADERS);
        some.remove(shard(5));

        var plan = FailoverPlan.of(SHARDS, some, ALL, Set.of(of(0)), living(1, 2));

        assertThat(plan.heirs().keySet()).containsExactly(shard(0), shard(1), shard(5));
    }

    @Test
    void aQuietClusterNeedsNoEntry() {
        assertThat(FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(8)), living(0, 1, 2))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void nobodyIsBothDeadAndAnHeir() {
        assertThatThrownBy(() -> FailoverPlan.of(SHARDS, LEADERS, ALL, Set.of(of(0)), living(0, 1)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static List<Candidate> living(int... nodes) {
        return IntStream.of(nodes).mapToObj(n -> new Candidate(of(n), n, "", 0)).toList();
    }

    private static Map<ShardId, Incarnation> leaders(int... nodes) {
        var leaders = new TreeMap<ShardId, Incarnation>();
        for (int shard = 0; shard < nodes.length; shard++) {
            leaders.put(shard(shard), of(nodes[shard]));
        }
        return leaders;
    }

    private static ShardId shard(int number) {
        return new ShardId(number);
    }

    private static Incarnation of(int node) {
        return new Incarnation(0, node);
    }
}
