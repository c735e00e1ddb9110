// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.modelled;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// A store that is as slow and as unreliable as its model says; for tests, drills and benchmarks.
///
/// It errs only as a real store may: what it answers `Stored`, `Refused` or `Found` is so. A put takes effect at a
/// random instant between request and answer.
public final class ModelledObjectStore implements ObjectStore {
    private final ObjectStore store;
    private final RandomGenerator random;
    private final ScheduledExecutorService scheduler;
    private volatile StoreModel model;
    private volatile boolean closed;

    /// @param random drawn from on the callers' threads, one at a time
    public ModelledObjectStore(
            ObjectStore store, StoreModel model, RandomGenerator random, ScheduledExecutorService scheduler) {
        this.store = store;
        this.model = model;
        this.random = random;
        this.scheduler = scheduler;
    }

    /// Behaves otherwise from now on.
    public void becomes(StoreModel newModel) {
        model = newModel;
    }

    /// What one request will meet.
    private record Fate(Duration latency, Duration effectAfter, boolean failsBefore, boolean losesReply) {}

    private Fate fate(StoreModel.Latency latency) {
        StoreModel now = model;
        synchronized (random) {
            Duration total = latency.sample(random);
            return new Fate(
                    total,
                    Duration.ofNanos((long) (total.toNanos() * random.nextDouble())),
                    random.nextDouble() < now.errorRate(),
                    random.nextDouble() < now.lostReplyRate());
        }
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        return change(() -> store.put(key, bytes, condition), PutOutcome.Unknown::new);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return change(() -> store.delete(key), DeleteOutcome.Unknown::new);
    }

    private <T> CompletableFuture<T> change(
            Supplier<CompletableFuture<T>> request, Function<Throwable, ? extends T> failure) {
        Fate fate = fate(model.put());
        return meet(fate, request, failure)
                .thenApply(outcome ->
                        fate.losesReply() ? failure.apply(new IOException("modelled: the reply was lost")) : outcome);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return meet(fate(model.get()), () -> store.get(key), GetOutcome.Failed::new);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return meet(fate(model.get()), () -> store.get(key, range), GetOutcome.Failed::new);
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return meet(fate(model.get()), () -> store.head(key), HeadOutcome.Failed::new);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        ListOutcome.requireLimit(limit);
        return meet(fate(model.get()), () -> store.list(prefix, after, limit), ListOutcome.Failed::new);
    }

    private <T> CompletableFuture<T> meet(
            Fate fate, Supplier<CompletableFuture<T>> request, Function<Throwable, ? extends T> failure) {
        CompletableFuture<Void> answered = after(fate.latency());
        if (fate.failsBefore()) {
            return answered.thenApply(_ -> failure.apply(new IOException("modelled: 503 slow down")));
        }
        return after(fate.effectAfter())
                .thenCompose(_ -> request.get())
                .thenCombine(answered, (outcome, _) -> outcome)
                .exceptionally(failure);
    }

    private CompletableFuture<Void> after(Duration delay) {
        if (delay.isZero()) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> after = new CompletableFuture<>();
        try {
            scheduler.schedule(() -> after.complete(null), delay.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RuntimeException e) {
            after.completeExceptionally(e);
        }
        return after;
    }

    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        store.close();
    }
}
