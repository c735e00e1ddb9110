// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.observed;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ForwardingObjectStore;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.VirtualScheduler;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class ObservedObjectStoreTest {
    private static final ObjectKey KEY = ObjectKey.of("a");

    private final VirtualScheduler scheduler = new VirtualScheduler();
    private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, scheduler.clock());
    private final Unreliable unreliable = new Unreliable();
    private final List<String> healthChanges = new ArrayList<>();
    private final ObservedObjectStore store = new ObservedObjectStore(
            unreliable,
            "memory:",
            ObservedSettings.defaults(),
            HealthSettings.defaults(),
            scheduler,
            new Random(7),
            registry,
            (before, now) -> healthChanges.add(before + "→" + now));

    /// Fails or hangs the next requests.
    private static final class Unreliable extends ForwardingObjectStore {
        private int failures;
        private boolean hangs;
        private int requests;

        private Unreliable() {
            super(new MemoryObjectStore());
        }

        private <T> CompletableFuture<T> answer(CompletableFuture<T> answer, T failure) {
            requests++;
            if (hangs) {
                return new CompletableFuture<>();
            }
            if (failures > 0) {
                failures--;
                return CompletableFuture.completedFuture(failure);
            }
            return answer;
        }

        @Override
        public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
            return answer(super.put(key, bytes, condition), new PutOutcome.Unknown(new IOException("503")));
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            return answer(super.get(key), new GetOutcome.Failed(new IOException("503")));
        }

        @Override
        public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
            return answer(super.delete(key), new DeleteOutcome.Unknown(new IOException("503")));
        }
    }

    private CompletableFuture<PutOutcome> put() {
        return store.put(KEY, ByteBuffer.allocate(5), PutCondition.ifAbsent());
    }

    @Test
    void aPutIsNeverSentTwice() {
        unreliable.failures = 1;

        assertThat(put().join()).isInstanceOf(PutOutcome.Unknown.class);

        scheduler.pass(Duration.ofMinutes(1));
        assertThat(unreliable.requests).isEqualTo(1);
    }

    @Test
    void aPutWithoutAnAnswerIsUnknownAfterItsTimeout() {
        unreliable.hangs = true;
        var outcome = put();
        scheduler.pass(Duration.ofMillis(9_999));
        assertThat(outcome).isNotDone();

        scheduler.pass(Duration.ofMillis(1));

        assertThat(outcome.join())
                .isInstanceOfSatisfying(
                        PutOutcome.Unknown.class,
                        unknown -> assertThat(unknown.cause()).isInstanceOf(TimeoutException.class));
        assertThat(unreliable.requests).isEqualTo(1);
        assertThat(registry.get("penstock.object.store.request")
                        .tag("op", "put")
                        .timer()
                        .totalTime(TimeUnit.SECONDS))
                .isEqualTo(10);
    }

    @Test
    void aReadIsTriedAgainAfterAPause() {
        put();
        unreliable.failures = 3;

        var outcome = store.get(KEY);
        assertThat(outcome).isNotDone();
        scheduler.pass(Duration.ofMillis(50 + 100 + 200));

        assertThat(outcome.join()).isInstanceOf(GetOutcome.Found.class);
        assertThat(requests("get", "failed")).isEqualTo(3);
        assertThat(requests("get", "found")).isEqualTo(1);
    }

    @Test
    void aReadThatNeverSucceedsFailsAfterItsAttempts() {
        unreliable.hangs = true;

        var outcome = store.get(KEY);
        scheduler.pass(Duration.ofSeconds(60));

        assertThat(outcome.join()).isInstanceOf(GetOutcome.Failed.class);
        assertThat(unreliable.requests).isEqualTo(5);
    }

    @Test
    void aDeleteIsTriedAgain() {
        unreliable.failures = 1;

        var outcome = store.delete(KEY);
        scheduler.pass(Duration.ofMillis(50));

        assertThat(outcome.join()).isEqualTo(new DeleteOutcome.Deleted());
    }

    @Test
    void requestsAreCountedByOperationAndOutcome() {
        put();
        put();
        unreliable.failures = 1;
        put();
        store.get(KEY);

        assertThat(requests("put", "stored")).isEqualTo(1);
        assertThat(requests("put", "refused")).isEqualTo(1);
        assertThat(requests("put", "unknown")).isEqualTo(1);
        assertThat(requests("get", "found")).isEqualTo(1);
        assertThat(counter("penstock.object.store.bytes", "op", "put")).isEqualTo(5);
        assertThat(counter("penstock.object.store.bytes", "op", "get")).isEqualTo(5);
        assertThat(counter("penstock.object.store.errors", "op", "put")).isEqualTo(1);
        assertThat(counter("penstock.object.store.errors", "op", "get")).isZero();
    }

    @Test
    void noAlarmWaitsForARequestThatWasAnswered() {
        put();
        store.get(KEY);

        assertThat(scheduler.waiting()).isZero();
    }

    @Test
    void errorsDegradeTheStoreAndSuccessesHealIt() {
        unreliable.failures = 14;
        for (int i = 0; i < 14; i++) {
            put();
        }
        assertThat(store.health()).isEqualTo(HealthState.UNAVAILABLE);
        assertThat(registry.get("penstock.object.store.health").gauge().value()).isZero();

        for (int second = 0; second < 15; second++) {
            scheduler.pass(Duration.ofSeconds(1));
            put();
            store.get(KEY);
        }

        assertThat(store.health()).isEqualTo(HealthState.HEALTHY);
        assertThat(registry.get("penstock.object.store.health").gauge().value()).isEqualTo(2);
        assertThat(healthChanges)
                .containsExactly(
                        "HEALTHY→DEGRADED", "DEGRADED→UNAVAILABLE", "UNAVAILABLE→DEGRADED", "DEGRADED→HEALTHY");
    }

    private double requests(String operation, String code) {
        return counter("penstock.object.store.requests", "op", operation, "code", code);
    }

    private double counter(String name, String... tags) {
        return registry.get(name).tags(tags).counter().count();
    }
}
