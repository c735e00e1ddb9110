// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.simulation.Trace;
import io.penstock.simulation.scheduler.Scheduler;
import io.penstock.simulation.scheduler.VirtualProcess;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StoreFaultsTest {
    private static final ObjectKey KEY = ObjectKey.of("a/b");
    private final Scheduler scheduler = new Scheduler(7);
    private final SimulatedStore simulated = new SimulatedStore(scheduler, 7, new Trace(scheduler, false));
    private final VirtualProcess process = scheduler.process("writer");
    private final ObjectStore store = simulated.connect(process);

    @Test
    void aLostReplyLeavesTheObjectBehind() {
        simulated.faults(new StoreFaults(0, 1, 0, 0, 0, 0, 0, 0, 0));

        PutOutcome outcome = answerOf(put("mine"));

        assertThat(outcome).isInstanceOf(PutOutcome.Unknown.class);
        assertThat(content()).isEqualTo("mine");
    }

    @Test
    void aLatePutLandsAfterItsAnswerAndAfterItsSenderDied() {
        simulated.faults(new StoreFaults(0, 0, 1, 0, 0, 0, 0, 0, 0));

        assertThat(answerOf(put("first"))).isInstanceOf(PutOutcome.Unknown.class);
        process.kill();
        simulated.faults(StoreFaults.none());
        scheduler.runUntil(60_000_000_000L);

        assertThat(content()).isEqualTo("first");
    }

    @Test
    void aPutRepeatedBelowThePortIsRefusedByItself() {
        simulated.faults(new StoreFaults(0, 0, 0, 0, 1, 0, 0, 0, 0));

        assertThat(answerOf(put("mine"))).isEqualTo(new PutOutcome.Refused());
        assertThat(content()).isEqualTo("mine");
    }

    @Test
    void aRepeatedPutLandsAgainOnADeletedKey() {
        simulated.faults(new StoreFaults(0, 0, 0, 1, 0, 0, 0, 0, 0));
        assertThat(answerOf(put("mine"))).isInstanceOf(PutOutcome.Stored.class);
        simulated.faults(StoreFaults.none());
        answerOf(store.delete(KEY));
        assertThat(simulated.peek(KEY)).isNull();

        scheduler.runUntil(60_000_000_000L);

        assertThat(content()).isEqualTo("mine");
    }

    @Test
    void aFrozenProcessHearsItsAnswerWhenItWakes() {
        simulated.faults(StoreFaults.none());
        CompletableFuture<PutOutcome> put = put("mine");
        process.freeze();
        scheduler.runUntil(5_000_000_000L);
        assertThat(put).isNotDone();

        process.thaw();
        scheduler.runUntil(6_000_000_000L);

        assertThat(put.join()).isInstanceOf(PutOutcome.Stored.class);
    }

    private CompletableFuture<PutOutcome> put(String content) {
        return store.put(KEY, ByteBuffer.wrap(content.getBytes(UTF_8)), PutCondition.ifAbsent());
    }

    private <T> T answerOf(CompletableFuture<T> future) {
        assertThat(scheduler.runUntil(future::isDone, Long.MAX_VALUE)).isTrue();
        return future.join();
    }

    private String content() {
        ByteBuffer bytes = simulated.peek(KEY);
        return bytes == null ? "absent" : UTF_8.decode(bytes).toString();
    }
}
