// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/// A store seen through a network that delays, loses and repeats, on a virtual clock.
///
/// Every request reaches the store after half of the latency, and is answered after the other half. Puts misbehave as
/// told, per key and in turn, or as a function of the key decides.
public final class FaultyStore implements ObjectStore {

    /// What becomes of one put.
    public sealed interface Fault {
        /// Nothing goes wrong.
        record None() implements Fault {}

        /// Applied, but nobody learns of it: answered as unknown.
        record LostReply() implements Fault {}

        /// Never applied, answered as unknown (a 503, a 409, a broken connection).
        record LostRequest() implements Fault {}

        /// Answered as unknown at once, applied after the delay.
        record AppliedLater(Duration delay) implements Fault {}

        /// Applied at once and answered, and applied a second time after the delay.
        record Repeated(Duration delay) implements Fault {}

        /// Applied and answered, but only after the delay.
        record Slow(Duration delay) implements Fault {}

        /// Never applied, never answered.
        record Silence() implements Fault {}
    }

    private final ObjectStore target;
    private final VirtualRuntime runtime;
    private final Executor network;
    private final Map<ObjectKey, Deque<Fault>> scripted = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private Function<ObjectKey, Fault> otherwise = _ -> new Fault.None();
    private Function<ObjectKey, Duration> latency = _ -> Duration.ofMillis(10);
    private boolean readsFail;

    public FaultyStore(ObjectStore target, VirtualRuntime runtime) {
        this.target = target;
        this.runtime = runtime;
        this.network = runtime.newActor("network");
    }

    /// The next puts of the key meet these faults, one each.
    public FaultyStore faults(ObjectKey key, Fault... faults) {
        scripted.computeIfAbsent(key, _ -> new ArrayDeque<>()).addAll(List.of(faults));
        return this;
    }

    /// What puts meet that nothing is scripted for.
    public FaultyStore faults(Function<ObjectKey, Fault> decide) {
        otherwise = decide;
        return this;
    }

    public FaultyStore latency(Function<ObjectKey, Duration> ofKey) {
        latency = ofKey;
        return this;
    }

    /// Whether gets, heads and lists answer `Failed`.
    public FaultyStore readsFail(boolean fail) {
        readsFail = fail;
        return this;
    }

    /// Every request so far: `PUT key`, `GET key`, …
    public List<String> requests() {
        return requests;
    }

    public long puts(ObjectKey key) {
        return requests.stream().filter(("PUT " + key)::equals).count();
    }

    private record Put(ObjectStore target, ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        PutOutcome apply() {
            return target.put(key, bytes, condition).join();
        }
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        requests.add("PUT " + key);
        Deque<Fault> script = scripted.get(key);
        Fault fault = script == null || script.isEmpty() ? otherwise.apply(key) : script.remove();
        CompletableFuture<PutOutcome> answer = new CompletableFuture<>();
        Duration half = latency.apply(key).dividedBy(2);
        Put put = new Put(target, key, bytes, condition);
        PutOutcome unknown = new PutOutcome.Unknown(new IOException(fault.toString()));
        switch (fault) {
            case Fault.None() ->
                later(half, () -> {
                    PutOutcome outcome = put.apply();
                    later(half, () -> answer.complete(outcome));
                });
            case Fault.LostReply() ->
                later(half, () -> {
                    put.apply();
                    later(half, () -> answer.complete(unknown));
                });
            case Fault.LostRequest() -> later(half.multipliedBy(2), () -> answer.complete(unknown));
            case Fault.AppliedLater(Duration delay) -> {
                later(half.multipliedBy(2), () -> answer.complete(unknown));
                later(delay, put::apply);
            }
            case Fault.Repeated(Duration delay) ->
                later(half, () -> {
                    PutOutcome outcome = put.apply();
                    later(half, () -> answer.complete(outcome));
                    later(delay, put::apply);
                });
            case Fault.Slow(Duration delay) ->
                later(delay, () -> {
                    PutOutcome outcome = put.apply();
                    later(half, () -> answer.complete(outcome));
                });
            case Fault.Silence() -> {}
        }
        return answer;
    }

    private void later(Duration delay, Runnable work) {
        runtime.schedule(delay, network, work);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        requests.add("GET " + key);
        return read(key, () -> target.get(key), new GetOutcome.Failed(new IOException("reads fail")));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        requests.add("GET " + key);
        return read(key, () -> target.get(key, range), new GetOutcome.Failed(new IOException("reads fail")));
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        requests.add("HEAD " + key);
        return read(key, () -> target.head(key), new HeadOutcome.Failed(new IOException("reads fail")));
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        requests.add("LIST " + prefix);
        return read(
                ObjectKey.of(prefix + "list"),
                () -> target.list(prefix, after, limit),
                new ListOutcome.Failed(new IOException("reads fail")));
    }

    private <T> CompletableFuture<T> read(ObjectKey key, Supplier<CompletableFuture<T>> request, T failed) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        Duration half = latency.apply(key).dividedBy(2);
        later(half, () -> {
            T outcome = readsFail ? failed : request.get().join();
            later(half, () -> answer.complete(outcome));
        });
        return answer;
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        requests.add("DELETE " + key);
        return read(key, () -> target.delete(key), new DeleteOutcome.Unknown(new IOException("reads fail")));
    }

    @Override
    public void close() {
        // The target belongs to whoever made it.
    }
}
