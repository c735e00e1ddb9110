// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LogMetricsTest {
    private final LogWorld world = new LogWorld();
    private final PartitionRef orders = world.orders(0);
    private final Counts counts = new Counts();
    private final LogWorld.Broker first;

    LogMetricsTest() {
        world.runtime.watchedBy(counts);
        first = world.broker().opened(0, 1);
    }

    private static final class Counts implements LogMetrics {
        private final Map<String, Long> all = new HashMap<>();

        private void add(String what, long by) {
            all.merge(what, by, Long::sum);
        }

        long of(String what) {
            return all.getOrDefault(what, 0L);
        }

        @Override
        public void slotCut(int bytes, int entries, long waited) {
            add("cut", 1);
            add("entries", entries);
        }

        @Override
        public void slotPut(SlotFate fate, int attempts, long took) {
            add("put " + fate, 1);
            add("nanos", took);
        }

        @Override
        public void slotAcknowledged(long behindFrontier) {
            add("acknowledged", 1);
        }

        @Override
        public void walWaits(long pendingBytes, int slotsInFlight) {
            all.put("pending", pendingBytes);
            all.put("in flight", (long) slotsInFlight);
        }

        @Override
        public void sealMet(boolean continues) {
            add("seal met, continues: " + continues, 1);
        }

        @Override
        public void predecessorSealed() {
            add("predecessor sealed", 1);
        }

        @Override
        public void footerRead(int bytes) {
            add("footer bytes", bytes);
        }

        @Override
        public void shardOpening(OpenOutcome outcome, long took) {
            add(outcome.getClass().getSimpleName(), 1);
        }

        @Override
        public void read(ReadSource source, int bytes) {
            add("read " + source, 1);
        }

        @Override
        public void consolidationDebt(int slots, long bytes) {
            all.put("debt slots", (long) slots);
        }

        @Override
        public void shardConsolidated(long bytes) {
            add("consolidated bytes", bytes);
        }

        @Override
        public void consolidationRound(long took) {
            add("rounds", 1);
        }

        @Override
        public void objectDeleted() {
            add("deleted", 1);
        }

        @Override
        public void barrier(boolean proven, long took) {
            add("barrier " + proven, 1);
        }
    }

    @Test
    void slotsAreCountedFromTheirCutToTheirAcknowledgement() {
        first.acknowledged(orders, Batches.of("a"));
        first.acknowledged(orders, Batches.of("b"));
        first.store.faults(_ -> new Fault.Silence());
        first.sequenced(orders, Batches.of("c"));
        world.runtime.runFor(Duration.ofMillis(10));

        assertThat(counts.of("cut")).isEqualTo(4);
        assertThat(counts.of("entries")).isEqualTo(4);
        assertThat(counts.of("put DURABLE")).isEqualTo(3);
        assertThat(counts.of("acknowledged")).isEqualTo(3);
        assertThat(counts.of("in flight")).isEqualTo(1);
        assertThat(counts.of("pending")).isPositive();
    }

    @Test
    void aTakeoverIsCountedOnBothSides() {
        first.acknowledged(orders, Batches.of("a"));
        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        Sequencing.Sequenced late = first.sequenced(orders, Batches.of("late"));
        assertThat(world.await(late.durability())).isEqualTo(Durability.FENCED);

        assertThat(heir.records(orders, 0)).containsExactly("0:a");
        assertThat(counts.of("Opened")).isEqualTo(2);
        assertThat(counts.of("predecessor sealed")).isEqualTo(1);
        assertThat(counts.of("footer bytes")).isPositive();
        assertThat(counts.of("put SEALED")).isEqualTo(1);
        assertThat(counts.of("seal met, continues: false")).isEqualTo(1);
        assertThat(counts.of("in flight")).isZero();
    }

    @Test
    void consolidationPaysItsDebtAndCollectionDeletes() {
        for (int i = 0; i < 10; i++) {
            first.acknowledged(orders, Batches.of("a" + i));
        }
        assertThat(counts.of("debt slots")).isEqualTo(11);

        world.runtime.runFor(Duration.ofMinutes(2));
        assertThat(counts.of("debt slots")).isZero();
        assertThat(counts.of("rounds")).isEqualTo(1);
        assertThat(counts.of("consolidated bytes")).isPositive();
        assertThat(counts.of("deleted")).isZero();

        world.runtime.runFor(Duration.ofHours(2));
        assertThat(counts.of("deleted")).isEqualTo(11);
    }

    @Test
    void readsSayWhereTheirBytesWere() {
        first.acknowledged(orders, Batches.of("a"));
        first.records(orders, 0);
        assertThat(counts.of("read TAIL_CACHE")).isEqualTo(1);
        first.crash();

        LogWorld.Broker heir = world.broker().opened(0, 2, first.died(1));
        heir.records(orders, 0);
        heir.records(orders, 0);

        assertThat(counts.of("read STORE")).isEqualTo(1);
        assertThat(counts.of("read BLOCK_CACHE")).isEqualTo(1);
        assertThat(heir.read(orders, 5)).isInstanceOf(ReadOutcome.OutOfRange.class);
        assertThat(counts.of("barrier true")).isEqualTo(1);
    }
}
