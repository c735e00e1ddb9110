// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.store;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectStoreContract;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.simulation.Trace;
import io.penstock.simulation.scheduler.Scheduler;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.BeforeEach;

/// Without faults the simulated store is a store as any other.
class SimulatedStoreTest extends ObjectStoreContract {
    private final Scheduler scheduler = new Scheduler(1);
    private final SimulatedStore simulated = new SimulatedStore(scheduler, 1, new Trace(scheduler, false));

    @BeforeEach
    void noFaults() {
        simulated.faults(StoreFaults.none());
    }

    @Override
    protected ObjectStore open() {
        return new Hasty(simulated.connect(scheduler.process("test")));
    }

    /// Lets virtual time pass within each call: the contract blocks on its futures, from many threads.
    private final class Hasty implements ObjectStore {
        private final ObjectStore store;

        Hasty(ObjectStore store) {
            this.store = store;
        }

        private <T> CompletableFuture<T> now(Supplier<CompletableFuture<T>> call) {
            synchronized (scheduler) {
                CompletableFuture<T> answer = call.get();
                scheduler.runUntil(answer::isDone, Long.MAX_VALUE);
                return answer;
            }
        }

        @Override
        public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
            return now(() -> store.put(key, bytes, condition));
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key) {
            return now(() -> store.get(key));
        }

        @Override
        public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
            return now(() -> store.get(key, range));
        }

        @Override
        public CompletableFuture<HeadOutcome> head(ObjectKey key) {
            return now(() -> store.head(key));
        }

        @Override
        public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
            return now(() -> store.list(prefix, after, limit));
        }

        @Override
        public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
            return now(() -> store.delete(key));
        }

        @Override
        public void close() {
            store.close();
        }
    }
}
