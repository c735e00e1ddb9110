// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.modelled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.VirtualScheduler;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ModelledObjectStoreTest {
    private static final Duration LONG = Duration.ofHours(1);
    private static final StoreModel.Latency S3_STANDARD =
            new StoreModel.Latency(Duration.ofMillis(35), Duration.ofMillis(150));

    private final MemoryObjectStore memory = new MemoryObjectStore();
    private final VirtualScheduler scheduler = new VirtualScheduler();
    private final ModelledObjectStore store =
            new ModelledObjectStore(memory, StoreModel.perfect(), new Random(7), scheduler);

    @Test
    void latenciesFitThePercentiles() {
        Random random = new Random(7);
        double[] millis = IntStream.range(0, 100_000)
                .mapToDouble(_ -> S3_STANDARD.sample(random).toNanos() / 1e6)
                .sorted()
                .toArray();

        assertThat(millis[50_000]).isCloseTo(35, within(1.0));
        assertThat(millis[99_000]).isCloseTo(150, within(8.0));
    }

    @Test
    void aPutTakesEffectBetweenRequestAndAnswer() {
        store.becomes(new StoreModel(
                new StoreModel.Latency(Duration.ofMillis(100), Duration.ofMillis(100)),
                StoreModel.Latency.none(),
                0,
                0));

        var outcome = store.put(ObjectKey.of("a"), ByteBuffer.allocate(1), PutCondition.ifAbsent());

        assertThat(memory.keys()).isEmpty();
        scheduler.pass(Duration.ofNanos(99_999_999));
        assertThat(memory.keys()).hasSize(1);
        assertThat(outcome).isNotDone();
        scheduler.pass(Duration.ofNanos(1));
        assertThat(outcome.join()).isInstanceOf(PutOutcome.Stored.class);
    }

    @Test
    void aFailedRequestDidNothingAndALostReplyDidAll() {
        store.becomes(new StoreModel(S3_STANDARD, S3_STANDARD, 1, 0));
        var failed = store.put(ObjectKey.of("failed"), ByteBuffer.allocate(1), PutCondition.ifAbsent());
        var failedGet = store.get(ObjectKey.of("failed"));
        store.becomes(new StoreModel(S3_STANDARD, S3_STANDARD, 0, 1));
        var lost = store.put(ObjectKey.of("lost"), ByteBuffer.allocate(1), PutCondition.ifAbsent());
        scheduler.pass(LONG);

        assertThat(failed.join()).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(failedGet.join()).isInstanceOf(GetOutcome.Failed.class);
        assertThat(lost.join()).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(memory.keys()).containsExactly(ObjectKey.of("lost"));
    }

    @Test
    void theShareOfErrorsIsTheOneAskedFor() {
        store.becomes(new StoreModel(StoreModel.Latency.none(), StoreModel.Latency.none(), 0.1, 0.05));
        int unknown = 0;
        for (int i = 0; i < 10_000; i++) {
            var outcome = store.put(ObjectKey.of("k" + i), ByteBuffer.allocate(1), PutCondition.ifAbsent())
                    .join();
            unknown += outcome instanceof PutOutcome.Unknown ? 1 : 0;
        }

        assertThat(unknown).isBetween(1_300, 1_600);
        assertThat(memory.keys()).hasSizeBetween(8_900, 9_100);
    }

    @Test
    void aModelThatMakesNoSenseIsRefused() {
        assertThatThrownBy(() -> new StoreModel(S3_STANDARD, S3_STANDARD, 1.1, 0))
                .hasMessageContaining("error_rate is a share from 0 to 1");
        assertThatThrownBy(() -> new StoreModel.Latency(Duration.ofMillis(5), Duration.ofMillis(4)))
                .hasMessageContaining("p99 is not below p50");
    }
}
