// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.log.VirtualRuntime;
import io.penstock.objectstore.ForwardingObjectStore;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class BucketCanaryTest {
    private final VirtualRuntime runtime = new VirtualRuntime(1);
    private final MemoryObjectStore bucket = new MemoryObjectStore();
    private int puts;
    private boolean down;
    private boolean ignoresConditions;

    private final ForwardingObjectStore store = new ForwardingObjectStore(bucket) {
        @Override
        public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
            puts++;
            return down
                    ? CompletableFuture.completedFuture(new PutOutcome.Unknown(new IOException("403 forbidden")))
                    : super.put(key, bytes, ignoresConditions ? PutCondition.always() : condition);
        }
    };

    private final BucketCanary canary =
            new BucketCanary("c1", ClusterPrefix.of("t", "c1"), store, runtime, runtime.newActor("canary"));

    @Test
    void aUsableBucketIsProvenAndLeftAsItWas() {
        CompletableFuture<Void> proven = canary.proven();
        runtime.settle();

        assertThat(proven).isCompleted();
        assertThat(puts).isEqualTo(2);
        assertThat(bucket.keys()).isEmpty();
    }

    @Test
    void anUnusableBucketIsTriedAgainUntilItIsWell() {
        down = true;
        CompletableFuture<Void> proven = canary.proven();
        runtime.runFor(Duration.ofMinutes(5));
        assertThat(proven).isNotDone();
        assertThat(puts).isBetween(10, 20);

        down = false;
        runtime.runFor(Duration.ofSeconds(30));

        assertThat(proven).isCompleted();
    }

    @Test
    void aStoreThatIgnoresConditionsIsNeverUsed() {
        ignoresConditions = true;
        CompletableFuture<Void> proven = canary.proven();
        runtime.runFor(Duration.ofMinutes(2));

        assertThat(proven).isNotDone();
    }

    @Test
    void aClosedCanaryAsksNothingMore() {
        down = true;
        canary.proven();
        runtime.settle();
        canary.close();
        int before = puts;

        runtime.runFor(Duration.ofMinutes(5));

        assertThat(puts).isEqualTo(before);
    }
}
