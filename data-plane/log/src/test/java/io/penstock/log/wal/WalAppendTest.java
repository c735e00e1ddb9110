// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.Durability;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.Samples;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class WalAppendTest {

    @Test
    void aBatchBecomesDurableAndIsFoundInItsSlot() {
        WalBench bench = new WalBench();

        WalTicket ticket = bench.append();

        assertThat(bench.await(ticket.durability())).isEqualTo(Durability.DURABLE);
        assertThat(ticket.slot()).isEqualTo(slot(0, 0));
        assertThat(bench.offsetsIn(0, 0)).containsExactly(0L);
        DurableSlot durable = bench.durable.getFirst();
        assertThat(durable.slot()).isEqualTo(slot(0, 0));
        ByteBuffer told = durable.bytes(durable.batches().getFirst());
        assertThat(told).isEqualTo(ticket.bytes());
        assertThat(told.getLong(0)).isZero();
        assertThat(told.isReadOnly()).isTrue();
        assertThat(bench.wal.pendingBytes()).isZero();
    }

    @Test
    void aWalNobodyUsesAsksNothing() {
        WalBench bench = new WalBench();
        bench.runtime.runFor(Duration.ofHours(1));
        assertThat(bench.store.requests()).isEmpty();

        bench.await(bench.append().durability());
        int requests = bench.store.requests().size();
        bench.runtime.runFor(Duration.ofHours(1));

        assertThat(requests).isEqualTo(1);
        assertThat(bench.store.requests()).hasSize(requests);
    }

    @Test
    void aBurstSharesASlot() {
        WalBench bench = new WalBench();
        for (int offset = 0; offset < 100; offset++) {
            bench.wal.append(Samples.index(Samples.shard(1), Samples.epoch(1), 0, offset), Samples.batch(200, offset));
        }

        bench.runtime.runFor(Duration.ofSeconds(1));

        assertThat(bench.durable).hasSize(1);
        assertThat(bench.offsetsIn(0, 0)).hasSize(100).isSorted();
    }

    @Test
    void aFullSlotIsCut() {
        WalBench bench = new WalBench();
        for (int offset = 0; offset < 10; offset++) {
            bench.wal.append(
                    Samples.index(Samples.shard(1), Samples.epoch(1), 0, offset), Samples.batch(1 << 20, offset));
        }

        bench.runtime.runFor(Duration.ofSeconds(1));

        assertThat(bench.durableOffsets).containsExactly(0L, 1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L, 9L);
        assertThat(bench.durable).hasSize(4);
        assertThat(bench.durable)
                .allSatisfy(
                        durable -> assertThat(durable.wholeObject().remaining()).isLessThanOrEqualTo((4 << 20) + 1000));
    }

    @Test
    void aBatchLargerThanASlotGetsOneOfItsOwn() {
        WalBench bench = new WalBench();
        WalTicket ticket =
                bench.wal.append(Samples.index(Samples.shard(1), Samples.epoch(1), 0, 0), Samples.batch(9 << 20, 1));

        assertThat(bench.await(ticket.durability())).isEqualTo(Durability.DURABLE);
    }

    @Test
    void slotsMayBeStoredInAnyOrderButAreToldInTheirs() {
        WalBench bench = new WalBench();
        bench.store.faults(key(0, 0), new Fault.Slow(Duration.ofMillis(500)));
        WalTicket first = bench.append();
        WalTicket second = bench.append();
        WalTicket third = bench.append();

        bench.runtime.runFor(Duration.ofMillis(400));
        assertThat(bench.bucket.keys()).contains(key(0, 1), key(0, 2));
        assertThat(bench.durable).isEmpty();
        assertThat(second.durability()).isNotDone();
        assertThat(bench.wal.status().slotsInFlight()).isEqualTo(3);

        bench.await(third.durability());
        assertThat(bench.durableOffsets).containsExactly(0L, 1L, 2L);
        assertThat(List.of(first, second))
                .allSatisfy(ticket -> assertThat(ticket.durability()).isCompletedWithValue(Durability.DURABLE));
    }

    @Test
    void thePipelineHasABound() {
        WalBench bench = new WalBench();
        bench.store.faults(key(0, 0), new Fault.Slow(Duration.ofSeconds(5)));
        for (int i = 0; i < 20; i++) {
            bench.append();
        }

        bench.runtime.runFor(Duration.ofSeconds(4));
        assertThat(bench.wal.status().slotsInFlight()).isEqualTo(8);

        bench.runtime.runFor(Duration.ofSeconds(4));
        assertThat(bench.durableOffsets).hasSize(20).isSorted();
    }

    @Test
    void theFirstBatchAfterAPauseDoesNotLinger() {
        WalBench bench = new WalBench(WalSettings.defaults(LatencyProfile.BALANCED), LogRules.strict());

        bench.append();
        bench.runtime.runFor(Duration.ofMillis(10));
        assertThat(bench.durableOffsets).containsExactly(0L);

        bench.append();
        bench.append();
        bench.runtime.runFor(Duration.ofMillis(39));
        assertThat(bench.store.requests()).hasSize(1);
        bench.runtime.runFor(Duration.ofMillis(20));
        assertThat(bench.durableOffsets).containsExactly(0L, 1L, 2L);
        assertThat(bench.store.requests()).hasSize(2);
    }

    @Test
    void controlEntriesDoNotLinger() {
        WalBench bench = new WalBench(WalSettings.defaults(LatencyProfile.ECONOMY), LogRules.strict());
        bench.append();
        ControlEntry entry = new ControlEntry.HandOff(Samples.shard(1), Samples.epoch(1), false, Map.of());

        WalTicket ticket = bench.wal.append(entry);
        bench.runtime.runFor(Duration.ofMillis(10));

        assertThat(ticket.durability()).isCompletedWithValue(Durability.DURABLE);
        assertThat(bench.durable.getLast().control()).containsExactly(entry);
    }

    @Test
    void whatIsPendingAtCloseIsUndecided() {
        WalBench bench = new WalBench();
        WalTicket sent = bench.append();
        WalTicket unsent =
                bench.wal.append(Samples.index(Samples.shard(1), Samples.epoch(1), 0, 1), Samples.batch(100, 1));

        bench.wal.close();
        WalTicket late = bench.append();
        bench.runtime.runFor(Duration.ofMinutes(1));

        assertThat(List.of(sent, unsent, late))
                .allSatisfy(ticket -> assertThat(ticket.durability()).isCompletedWithValue(Durability.UNDECIDED));
        assertThat(bench.store.requests()).hasSize(1);
        assertThat(bench.durable).isEmpty();
    }
}
