// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What happens when producers are faster than the store.
class AdmissionTest {
    private static final long OF_A_CLUSTER = 64L << 20;
    private static final long OF_THE_PROCESS = 100L << 20;
    private static final ByteBuffer BATCH = Batches.of("x".repeat(1 << 20));

    private final LogWorld world = new LogWorld();
    private final PendingBudget budget = new PendingBudget(OF_THE_PROCESS);

    /// A cluster of its own in the same bucket and the same process.
    private final class Cluster implements LogListener {
        final FaultyStore store = new FaultyStore(world.bucket, world.runtime);
        final PartitionRef partition;
        final ClusterLog log;
        final List<Sequencing.Sequenced> accepted = new ArrayList<>();

        Cluster(int number) {
            partition = world.orders(number);
            log = new ClusterLog(
                    store,
                    ClusterPrefix.of("tenant", "cluster" + number),
                    Incarnation.random(world.runtime.random()),
                    LogSettings.defaults(LatencyProfile.FAST),
                    world.runtime,
                    this);
            world.await(log.open(new ShardOpening(new ShardId(0), new LeaderEpoch(1), List.of())));
        }

        /// Appends until it is told to come later; how many batches got a place.
        int appendAll(int atMost) {
            int appended = 0;
            while (appended < atMost) {
                Sequencing answer = world.await(log.append(partition, BATCH, AppendOrigin.CLIENT));
                if (answer instanceof Sequencing.Refused refused) {
                    assertThat(refused.reason()).isEqualTo(AppendRefusal.OVERLOADED);
                    return appended;
                }
                accepted.add((Sequencing.Sequenced) answer);
                appended++;
            }
            return appended;
        }

        @Override
        public void highWatermarkAdvanced(PartitionRef ref, long highWatermark) {}

        @Override
        public void shardClosed(ShardId shard, LeaderEpoch epoch) {}

        @Override
        public void incarnationFenced() {}
    }

    private List<Cluster> clusters(int count) {
        world.runtime.bounded(budget);
        List<Cluster> clusters = new ArrayList<>();
        for (int number = 0; number < count; number++) {
            clusters.add(new Cluster(number));
        }
        return clusters;
    }

    @Test
    void oneClusterKeepsOnlyItsShareWaiting() {
        Cluster alone = clusters(1).getFirst();
        alone.store.faults(_ -> new Fault.Silence());

        int accepted = alone.appendAll(1000);

        assertThat(accepted).isBetween(55, 64);
        assertThat(alone.log.pendingFill()).isBetween(0.8, 1.0);
        assertThat(budget.bytes()).isLessThanOrEqualTo(OF_A_CLUSTER);
    }

    @Test
    void allClustersTogetherKeepOnlyWhatTheProcessMay() {
        List<Cluster> clusters = clusters(8);
        clusters.forEach(cluster -> cluster.store.faults(_ -> new Fault.Silence()));

        int accepted =
                clusters.stream().mapToInt(cluster -> cluster.appendAll(50)).sum();

        assertThat(accepted).isBetween(90, 100);
        assertThat(budget.bytes()).isLessThanOrEqualTo(OF_THE_PROCESS);
        assertThat(clusters.getLast().log.pendingFill()).isBetween(0.9, 1.0);
    }

    @Test
    void whatGotAPlaceBecomesDurableAndRoomComesBack() {
        Cluster alone = clusters(1).getFirst();
        alone.store.faults(_ -> new Fault.Slow(Duration.ofSeconds(2)));
        alone.appendAll(1000);

        world.runtime.runFor(Duration.ofMinutes(1));

        assertThat(alone.accepted)
                .allSatisfy(one -> assertThat(one.durability()).isCompletedWithValue(Durability.DURABLE));
        assertThat(budget.bytes()).isZero();
        assertThat(alone.appendAll(1)).isOne();
    }

    @Test
    void aLogThatEndsGivesItsShareBack() {
        Cluster alone = clusters(1).getFirst();
        alone.store.faults(_ -> new Fault.Silence());
        alone.appendAll(10);

        alone.log.close();
        world.runtime.settle();

        assertThat(budget.bytes()).isZero();
    }
}
