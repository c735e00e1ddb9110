// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;

/// A memory store whose next puts go wrong as told.
public final class FaultyStore implements ObjectStore {
    public enum Fault {
        /// Never answered, and not applied.
        NEVER_SENT,
        /// Applied, and the answer is never given.
        ANSWER_SWALLOWED,
        /// Applied, answered as unknown.
        ANSWER_LOST,
        /// Not applied, answered as unknown.
        REQUEST_LOST
    }

    private final ObjectStore inner;
    private final Queue<Fault> faults = new ArrayDeque<>();
    public final Queue<ObjectKey> puts = new ConcurrentLinkedQueue<>();
    public final Queue<ObjectKey> gets = new ConcurrentLinkedQueue<>();

    /// While set, nothing can be read.
    public volatile boolean dark;

    private Optional<Runnable> beforeNextPut = Optional.empty();

    public FaultyStore() {
        this(new MemoryObjectStore());
    }

    /// Another way to the same objects.
    public FaultyStore(ObjectStore inner) {
        this.inner = inner;
    }

    /// Somebody else comes first: runs once, before the next put.
    public synchronized void beforeNextPut(Runnable other) {
        beforeNextPut = Optional.of(other);
    }

    private synchronized Optional<Runnable> somebodyElse() {
        Optional<Runnable> other = beforeNextPut;
        beforeNextPut = Optional.empty();
        return other;
    }

    public synchronized void next(Fault... next) {
        faults.addAll(java.util.List.of(next));
    }

    private synchronized Optional<Fault> fault() {
        return Optional.ofNullable(faults.poll());
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        puts.add(key);
        somebodyElse().ifPresent(Runnable::run);
        Optional<Fault> fault = fault();
        if (fault.isEmpty()) {
            return inner.put(key, bytes, condition);
        }
        return switch (fault.get()) {
            case NEVER_SENT -> new CompletableFuture<>();
            case ANSWER_SWALLOWED -> inner.put(key, bytes, condition).thenCompose(o -> new CompletableFuture<>());
            case ANSWER_LOST ->
                inner.put(key, bytes, condition).thenApply(o -> new PutOutcome.Unknown(new IOException("lost")));
            case REQUEST_LOST -> CompletableFuture.completedFuture(new PutOutcome.Unknown(new IOException("lost")));
        };
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        gets.add(key);
        return dark
                ? CompletableFuture.completedFuture(new GetOutcome.Failed(new IOException("dark")))
                : inner.get(key);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return inner.get(key, range);
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return inner.head(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        return inner.list(prefix, after, limit);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return inner.delete(key);
    }

    @Override
    public void close() {
        inner.close();
    }
}
