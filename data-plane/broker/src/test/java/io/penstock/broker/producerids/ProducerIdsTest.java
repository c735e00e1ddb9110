// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.producerids;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.FaultyStore;
import io.penstock.log.FaultyStore.Fault;
import io.penstock.log.VirtualRuntime;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ProducerIdsTest {
    private static final LogKeys KEYS = new LogKeys(ClusterPrefix.of("tn_1", "kc_1"));
    private static final Duration LONG = Duration.ofMinutes(1);

    private final VirtualRuntime runtime = new VirtualRuntime(5);
    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final FaultyStore store = new FaultyStore(memory, runtime);
    private final ProducerIds ids = broker(1);

    private ProducerIds broker(int node) {
        return new ProducerIds(store, KEYS, node, runtime);
    }

    private long next(ProducerIds from) {
        return runtime.await(from.next(), LONG);
    }

    @Test
    void idsFollowEachOtherWithinABlockAndCostOnePut() {
        for (long expected = 0; expected < ProducerIds.BLOCK; expected++) {
            assertThat(next(ids)).isEqualTo(expected);
        }
        assertThat(store.puts(KEYS.producerIds(0))).isEqualTo(1);

        assertThat(next(ids)).isEqualTo(1000);
    }

    @Test
    void brokersThatAskAtOnceNeverGetTheSameId() {
        ProducerIds other = broker(2);
        List<CompletableFuture<Long>> all = new ArrayList<>();
        for (int i = 0; i < 2500; i++) {
            all.add(ids.next());
            all.add(other.next());
        }
        Set<Long> seen = new HashSet<>();
        for (CompletableFuture<Long> id : all) {
            assertThat(seen.add(runtime.await(id, LONG))).isTrue();
        }
    }

    @Test
    void aRestartedBrokerBeginsWithABlockOfItsOwn() {
        next(ids);

        assertThat(next(broker(1))).isEqualTo(1000);
    }

    @Test
    void aLostReplyIsReadBackNotSkipped() {
        store.faults(KEYS.producerIds(0), new Fault.LostReply());

        assertThat(next(ids)).isZero();
        assertThat(store.puts(KEYS.producerIds(0))).isEqualTo(2);
    }

    @Test
    void aStoreThatDoesNotAnswerFailsTheCallAndTheSameBlockIsTriedAgain() {
        store.faults(
                KEYS.producerIds(0),
                new Fault.LostRequest(),
                new Fault.LostRequest(),
                new Fault.LostRequest(),
                new Fault.LostRequest(),
                new Fault.LostRequest());
        CompletableFuture<Long> first = ids.next();
        runtime.runFor(LONG);
        assertThat(first).isCompletedExceptionally();
        assertThat(first.exceptionNow()).isInstanceOf(ProducerIds.StoreAway.class);

        assertThat(next(ids)).isZero();
    }

    @Test
    void aPutThatIsAppliedLateDoesNotGiveAnIdTwice() {
        store.faults(KEYS.producerIds(0), new Fault.AppliedLater(Duration.ofSeconds(5)));
        long first = next(ids);
        runtime.runFor(Duration.ofSeconds(10));

        assertThat(next(broker(2))).isNotEqualTo(first).isEqualTo(1000);
    }

    @Test
    void theBytesOfABlockArePinned() {
        byte[] bytes = new byte[52];
        ProducerIdBlock.encode(3, 7, 0x0102030405060708L, 0x1112131415161718L).get(bytes);

        assertThat(HexFormat.of().formatHex(bytes))
                .isEqualTo("505350490001000000000000000000030000000000000bb8000003e8"
                        + "0000000701020304050607081112131415161718a81beaf0");
    }
}
