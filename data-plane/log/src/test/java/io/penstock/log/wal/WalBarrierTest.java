// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import static io.penstock.log.wal.WalBench.key;
import static io.penstock.log.wal.WalBench.slot;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.format.Samples;
import io.penstock.objectstore.PutCondition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WalBarrierTest {
    private final WalBench bench = new WalBench();

    private List<String> requests() {
        return bench.store.requests();
    }

    @Test
    void anIdleWalIsProvenByALookAtItsNextSlot() {
        bench.await(bench.append().durability());
        requests().clear();

        assertThat(bench.await(bench.wal.barrier())).isTrue();

        assertThat(requests()).containsExactly("GET " + key(0, 1));
    }

    @Test
    void aWalNeverWrittenIsProvenByItsFirstSlot() {
        assertThat(bench.await(bench.wal.barrier())).isTrue();
        assertThat(requests()).containsExactly("GET " + key(0, 0));

        bench.sealBySomebody(Samples.seal(slot(0, 0)));

        assertThat(bench.await(bench.wal.barrier())).isFalse();
        assertThat(bench.ended).isEqualTo(slot(0, 0));
    }

    @Test
    void barriersOfOneMomentShareALook() {
        List<CompletableFuture<Boolean>> barriers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            barriers.add(bench.wal.barrier());
            bench.runtime.runFor(Duration.ofMillis(1));
        }
        bench.runtime.runFor(Duration.ofSeconds(1));

        assertThat(barriers).allSatisfy(barrier -> assertThat(barrier).isCompletedWithValue(true));
        assertThat(requests()).hasSize(3);
    }

    @Test
    void aLookThatBeganEarlierProvesNothing() {
        CompletableFuture<Boolean> first = bench.wal.barrier();
        bench.runtime.runFor(Duration.ofMillis(7)); // the store has answered; the answer is on its way
        bench.sealBySomebody(Samples.seal(slot(0, 0)));
        CompletableFuture<Boolean> second = bench.wal.barrier();

        bench.runtime.runFor(Duration.ofSeconds(1));

        assertThat(first).isCompletedWithValue(true);
        assertThat(second).isCompletedWithValue(false);
    }

    @Test
    void aSlotFirstSentAfterTheRequestIsProof() {
        bench.store.faults(key(0, 0), new Fault.Slow(Duration.ofMillis(100)));
        bench.append();
        CompletableFuture<Boolean> barrier = bench.wal.barrier();
        bench.append();

        bench.runtime.runFor(Duration.ofMillis(50));
        assertThat(bench.bucket.keys()).contains(key(0, 1));
        assertThat(barrier).as("the frontier has not reached it").isNotDone();
        bench.runtime.runFor(Duration.ofMillis(60));

        assertThat(barrier).isCompletedWithValue(true);
        assertThat(requests()).noneMatch(request -> request.startsWith("GET"));
    }

    @Test
    void aSlotFirstSentBeforeTheRequestIsNone() {
        bench.store.faults(key(0, 0), new Fault.Slow(Duration.ofMillis(100)));
        bench.append();
        CompletableFuture<Boolean> barrier = bench.wal.barrier();

        bench.runtime.runFor(Duration.ofMillis(106));
        assertThat(bench.durable).hasSize(1);
        assertThat(barrier).isNotDone();
        assertThat(requests()).contains("GET " + key(0, 1));
        bench.runtime.runFor(Duration.ofMillis(60));

        assertThat(barrier).isCompletedWithValue(true);
    }

    @Test
    void aSlotSentWhileWeLookProvesAsWell() {
        bench.store.latency(key -> Duration.ofMillis(40));
        CompletableFuture<Boolean> barrier = bench.wal.barrier();
        bench.store.latency(key -> Duration.ofMillis(10));
        bench.append(); // stored before the look arrives

        bench.runtime.runFor(Duration.ofMillis(60));

        assertThat(barrier).isCompletedWithValue(true);
        assertThat(bench.damage).isNull();
    }

    @Test
    void aFencedWriterIsNeverProven() {
        bench.append();
        bench.runtime.runFor(Duration.ofSeconds(1));
        bench.sealBySomebody(Samples.seal(slot(0, 1)));
        CompletableFuture<Boolean> behindProbe = bench.wal.barrier();
        bench.append();
        CompletableFuture<Boolean> behindSlot = bench.wal.barrier();

        bench.runtime.runFor(Duration.ofSeconds(1));

        assertThat(behindProbe).isCompletedWithValue(false);
        assertThat(behindSlot).isCompletedWithValue(false);
        assertThat(bench.wal.barrier()).isCompletedWithValue(false);
        assertThat(bench.ended).isEqualTo(slot(0, 1));
    }

    @Test
    void aStoreThatDoesNotAnswerProvesNothing() {
        bench.store.readsFail(true);
        CompletableFuture<Boolean> barrier = bench.wal.barrier();

        bench.runtime.runFor(Duration.ofMillis(4900));
        assertThat(barrier).isNotDone();
        bench.runtime.runFor(Duration.ofMillis(200));
        assertThat(barrier).isCompletedWithValue(false);

        bench.store.readsFail(false);
        assertThat(bench.await(bench.wal.barrier())).isTrue();
    }

    @Test
    void dataInASlotNeverSentIsDamage() {
        bench.bucket
                .put(key(0, 0), ByteBuffer.allocate(7), PutCondition.ifAbsent())
                .join();

        assertThat(bench.await(bench.wal.barrier())).isFalse();

        assertThat(bench.damage).contains("magic");
    }

    @Test
    void barriersEndWithTheWal() {
        CompletableFuture<Boolean> barrier = bench.wal.barrier();
        bench.wal.close();

        assertThat(barrier).isCompletedWithValue(false);
    }
}
