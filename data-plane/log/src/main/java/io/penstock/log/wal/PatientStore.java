// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LogMetrics;
import io.penstock.log.LogRuntime;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Reads from a store until it answers, and brings every answer to the cluster's actor.
///
/// A storage 503 during recovery must delay, never fail. Puts are passed on once: whoever puts knows what an unknown
/// outcome means. Relies on the store to answer every request in the end, be it with `Failed` or `Unknown`.
/// Futures complete on the actor, never exceptionally; after [#close()] those under way never complete.
public final class PatientStore {
    private final ObjectStore store;
    private final LogRuntime runtime;
    private final Executor actor;
    private final Backoff backoff;
    private boolean closed;

    public PatientStore(ObjectStore store, LogRuntime runtime, Executor actor, Backoff backoff) {
        this.store = store;
        this.runtime = runtime;
        this.actor = actor;
        this.backoff = backoff;
    }

    /// Where whoever uses this store counts what it did.
    public LogMetrics metrics() {
        return runtime.metrics();
    }

    /// @return empty if nothing is there
    public CompletableFuture<Optional<GetOutcome.Found>> get(ObjectKey key) {
        return untilAnswered(() -> store.get(key), PatientStore::answer);
    }

    /// @return empty if nothing is there
    public CompletableFuture<Optional<GetOutcome.Found>> get(ObjectKey key, ByteRange range) {
        return untilAnswered(() -> store.get(key, range), PatientStore::answer);
    }

    /// For those whose own callers wait: gives up after some attempts, and then says `Failed`.
    public CompletableFuture<GetOutcome> tryGet(ObjectKey key, ByteRange range, int attempts) {
        CompletableFuture<GetOutcome> result = new CompletableFuture<>();
        tryGet(key, range, attempts, 1, result);
        return result;
    }

    private void tryGet(
            ObjectKey key, ByteRange range, int attempts, int number, CompletableFuture<GetOutcome> result) {
        store.get(key, range)
                .whenCompleteAsync(
                        (outcome, failure) -> {
                            if (closed) {
                                return;
                            }
                            GetOutcome answer = failure == null ? outcome : new GetOutcome.Failed(failure);
                            if (answer instanceof GetOutcome.Failed && number < attempts) {
                                pause(number).thenRun(() -> tryGet(key, range, attempts, number + 1, result));
                            } else {
                                result.complete(answer);
                            }
                        },
                        actor);
    }

    public CompletableFuture<ListOutcome.Listed> list(String prefix, Optional<ObjectKey> after, int limit) {
        return untilAnswered(() -> store.list(prefix, after, limit), outcome -> switch (outcome) {
            case ListOutcome.Listed listed -> new Answered<>(listed);
            case ListOutcome.Failed _ -> null;
        });
    }

    /// One attempt, its outcome on the actor.
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        CompletableFuture<PutOutcome> result = new CompletableFuture<>();
        store.put(key, bytes, condition)
                .whenCompleteAsync(
                        (outcome, failure) -> {
                            if (!closed) {
                                result.complete(failure == null ? outcome : new PutOutcome.Unknown(failure));
                            }
                        },
                        actor);
        return result;
    }

    /// Completes on the actor after the pause that so many failures deserve.
    public CompletableFuture<Void> pause(int failures) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        runtime.schedule(backoff.after(failures, runtime.random()), actor, () -> {
            if (!closed) {
                result.complete(null);
            }
        });
        return result;
    }

    /// Stops asking. On the actor.
    public void close() {
        closed = true;
    }

    private static @Nullable Answered<Optional<GetOutcome.Found>> answer(GetOutcome outcome) {
        return switch (outcome) {
            case GetOutcome.Found found -> new Answered<>(Optional.of(found));
            case GetOutcome.Absent _ -> new Answered<>(Optional.empty());
            case GetOutcome.Failed _ -> null;
        };
    }

    private record Answered<A>(A value) {}

    /// @param answer null where the store has not answered
    private <O, A> CompletableFuture<A> untilAnswered(
            Supplier<CompletableFuture<O>> request, Function<O, @Nullable Answered<A>> answer) {
        CompletableFuture<A> result = new CompletableFuture<>();
        attempt(request, answer, 1, result);
        return result;
    }

    private <O, A> void attempt(
            Supplier<CompletableFuture<O>> request,
            Function<O, @Nullable Answered<A>> answer,
            int number,
            CompletableFuture<A> result) {
        request.get()
                .whenCompleteAsync(
                        (outcome, failure) -> {
                            if (closed) {
                                return;
                            }
                            Answered<A> answered = failure == null ? answer.apply(outcome) : null;
                            if (answered != null) {
                                result.complete(answered.value());
                            } else {
                                pause(number).thenRun(() -> attempt(request, answer, number + 1, result));
                            }
                        },
                        actor);
    }
}
