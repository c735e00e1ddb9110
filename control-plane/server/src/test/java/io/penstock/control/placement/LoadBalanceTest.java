// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.ShardReport;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadBalanceTest {
    private static final double MIB = 1 << 20;

    @Test
    void busyShardsOfOneBrokerAreExchangedForIdleOnes() {
        // Three brokers with four shards each; all that is busy is led by the first.
        var leaders = evenly(12, 3);
        var loads = Map.of(new ShardId(0), 4 * MIB, new ShardId(3), 4 * MIB, new ShardId(6), 4 * MIB);

        var moves = balance(leaders, 3, loads, 100);

        var after = new TreeMap<>(leaders);
        after.putAll(moves);
        assertThat(perBroker(after, loads)).containsOnly(4 * MIB);
        assertThat(counts(after)).containsOnly(4L);
        assertThat(moves).hasSize(4);
    }

    @Test
    void nothingMovesForLittle() {
        var leaders = evenly(6, 2);

        assertThat(balance(leaders, 2, Map.of(new ShardId(0), 100.0), 100))
                .as("a few bytes")
                .isEmpty();
        var nearly = Map.of(
                new ShardId(0), 5.4 * MIB, new ShardId(2), 5 * MIB, new ShardId(1), 5 * MIB, new ShardId(3), 4.8 * MIB);
        assertThat(balance(leaders, 2, nearly, 100)).as("a few percent").isEmpty();
    }

    @Test
    void oneBusyShardIsLeftWhereItIs() {
        assertThat(balance(evenly(6, 2), 2, Map.of(new ShardId(0), 50 * MIB), 100))
                .isEmpty();
    }

    @Test
    void theBudgetIsKept() {
        var leaders = evenly(12, 3);
        var loads = Map.of(new ShardId(0), 4 * MIB, new ShardId(3), 4 * MIB, new ShardId(6), 4 * MIB);

        assertThat(balance(leaders, 3, loads, 2)).hasSize(2);
        assertThat(balance(leaders, 3, loads, 0)).isEmpty();
    }

    /// Whatever the loads: the gap never grows, counts stay level, and a second look finds nothing.
    @Test
    void itSettles() {
        var random = new Random(20);
        for (int world = 0; world < 200; world++) {
            int brokers = 2 + random.nextInt(5);
            int shards = brokers * (1 + random.nextInt(6));
            var leaders = evenly(shards, brokers);
            var loads = new HashMap<ShardId, Double>();
            for (int shard = 0; shard < shards; shard++) {
                loads.put(new ShardId(shard), Math.pow(random.nextDouble(), 4) * 50 * MIB);
            }
            var after = new TreeMap<>(leaders);
            for (int round = 0; round < 20; round++) {
                double before = gap(after, loads);
                var moves = balance(after, brokers, loads, 4);
                after.putAll(moves);
                assertThat(gap(after, loads)).isLessThanOrEqualTo(before);
                if (moves.isEmpty()) {
                    break;
                }
            }
            assertThat(balance(after, brokers, loads, 4)).as("world " + world).isEmpty();
            assertThat(PlacementPlan.levelling(after, nodes(brokers), 4).moves())
                    .isEmpty();
        }
    }

    @Test
    void loadsAreWhatWasTakenLately() {
        var loads = new ShardLoads();
        for (int second = 0; second <= 200; second++) {
            loads.heard(report(7, second * 1_000_000L), second * 1_000_000_000L);
        }
        assertThat(loads.of("c").get(new ShardId(3))).isBetween(990_000.0, 1_000_001.0);

        loads.heard(report(8, 5), 201_000_000_000L);
        assertThat(loads.of("c").get(new ShardId(3)))
                .as("a new leader counts anew, and the shard is as busy as before")
                .isBetween(990_000.0, 1_000_001.0);
        loads.heard(report(7, 999_999_999), 202_000_000_000L);
        assertThat(loads.of("c").get(new ShardId(3))).as("the former one, late").isLessThan(1_000_001.0);
        for (int second = 202; second <= 400; second++) {
            loads.heard(report(8, 5), second * 1_000_000_000L);
        }
        assertThat(loads.of("c").get(new ShardId(3))).as("idle since").isLessThan(1_000.0);
    }

    private static ClusterReport report(int epoch, long bytes) {
        return ClusterReport.newBuilder()
                .setClusterId("c")
                .addOpen(ShardReport.newBuilder().setShard(3).setEpoch(epoch).setAppendedBytes(bytes))
                .build();
    }

    private static Map<ShardId, Incarnation> balance(
            Map<ShardId, Incarnation> leaders, int brokers, Map<ShardId, Double> loads, int most) {
        return LoadBalance.of(leaders, nodes(brokers), loads, MIB / 4, most);
    }

    private static Map<ShardId, Incarnation> evenly(int shards, int brokers) {
        var leaders = new TreeMap<ShardId, Incarnation>();
        IntStream.range(0, shards).forEach(shard -> leaders.put(new ShardId(shard), of(shard % brokers)));
        return leaders;
    }

    private static List<Candidate> nodes(int brokers) {
        return IntStream.range(0, brokers)
                .mapToObj(node -> new Candidate(of(node), node, "", 0))
                .toList();
    }

    private static Incarnation of(int node) {
        return new Incarnation(0, node + 1L);
    }

    private static List<Double> perBroker(Map<ShardId, Incarnation> leaders, Map<ShardId, Double> loads) {
        var sums = new HashMap<Incarnation, Double>();
        leaders.forEach((shard, leader) -> sums.merge(leader, loads.getOrDefault(shard, 0.0), Double::sum));
        return new ArrayList<>(sums.values());
    }

    private static List<Long> counts(Map<ShardId, Incarnation> leaders) {
        var counts = new HashMap<Incarnation, Long>();
        leaders.values().forEach(leader -> counts.merge(leader, 1L, Long::sum));
        return new ArrayList<>(counts.values());
    }

    private static double gap(Map<ShardId, Incarnation> leaders, Map<ShardId, Double> loads) {
        var sums = perBroker(leaders, loads);
        return sums.stream().mapToDouble(d -> d).max().orElseThrow()
                - sums.stream().mapToDouble(d -> d).min().orElseThrow();
    }
}
