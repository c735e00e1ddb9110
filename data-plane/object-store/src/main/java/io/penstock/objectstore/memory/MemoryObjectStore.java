// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.memory;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// An object store in this process's memory that answers at once, on the caller's thread.
///
/// Deterministic: the same calls give the same answers, and versions are numbered in the order of the puts, never
/// reused. Safe for any number of threads. Its objects live as long as it does; [#close()] forgets nothing, so
/// several owners may share one.
public final class MemoryObjectStore implements ObjectStore {
    private record StoredObject(ObjectVersion version, ByteBuffer bytes, long lastModifiedMillis) {
        int size() {
            return bytes.remaining();
        }
    }

    private final InstantSource clock;
    private final NavigableMap<ObjectKey, StoredObject> objects = new TreeMap<>();
    private long lastVersion;

    /// A store whose listings show the epoch as time of every object.
    public MemoryObjectStore() {
        this(InstantSource.fixed(Instant.EPOCH));
    }

    /// @param clock what listings show as time of an object
    public MemoryObjectStore(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        return CompletableFuture.completedFuture(putNow(key, bytes, condition));
    }

    private synchronized PutOutcome putNow(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        StoredObject present = objects.get(key);
        if (!holds(condition, present)) {
            return new PutOutcome.Refused();
        }
        lastVersion++;
        ObjectVersion version = new ObjectVersion("m" + lastVersion);
        objects.put(key, new StoredObject(version, copyOf(bytes), clock.millis()));
        return new PutOutcome.Stored(version);
    }

    private static boolean holds(PutCondition condition, @Nullable StoredObject present) {
        return switch (condition) {
            case PutCondition.Always() -> true;
            case PutCondition.IfAbsent() -> present == null;
            case PutCondition.IfVersion(ObjectVersion version) ->
                present != null && present.version().equals(version);
        };
    }

    private static ByteBuffer copyOf(ByteBuffer bytes) {
        ByteBuffer copy = ByteBuffer.allocate(bytes.remaining());
        copy.put(bytes.duplicate()).flip();
        return copy.asReadOnlyBuffer();
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        StoredObject present = present(key);
        return CompletableFuture.completedFuture(
                present == null
                        ? new GetOutcome.Absent()
                        : new GetOutcome.Found(
                                present.version(), present.bytes().duplicate(), present.size()));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        StoredObject present = present(key);
        return CompletableFuture.completedFuture(
                present == null
                        ? new GetOutcome.Absent()
                        : new GetOutcome.Found(present.version(), part(present, range), present.size()));
    }

    private static ByteBuffer part(StoredObject present, ByteRange range) {
        int size = present.size();
        int start = (int) range.startIn(size);
        int end = (int) range.endIn(size);
        return present.bytes().slice(start, end - start);
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        StoredObject present = present(key);
        return CompletableFuture.completedFuture(
                present == null ? new HeadOutcome.Absent() : new HeadOutcome.Found(present.version(), present.size()));
    }

    private synchronized @Nullable StoredObject present(ObjectKey key) {
        return objects.get(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        ListOutcome.requireLimit(limit);
        return CompletableFuture.completedFuture(listNow(prefix, after, limit));
    }

    private synchronized ListOutcome listNow(String prefix, Optional<ObjectKey> after, int limit) {
        List<ListOutcome.Entry> found = new ArrayList<>();
        var candidates = after.isPresent() ? objects.tailMap(after.get(), false) : objects;
        for (var candidate : candidates.entrySet()) {
            String key = candidate.getKey().value();
            if (key.startsWith(prefix)) {
                if (found.size() == limit) {
                    return new ListOutcome.Listed(found, true);
                }
                StoredObject object = candidate.getValue();
                found.add(new ListOutcome.Entry(candidate.getKey(), object.size(), object.lastModifiedMillis()));
            } else if (key.compareTo(prefix) > 0) {
                break;
            }
        }
        return new ListOutcome.Listed(found, false);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        synchronized (this) {
            objects.remove(key);
        }
        return CompletableFuture.completedFuture(new DeleteOutcome.Deleted());
    }

    /// All keys, in order: for tests that look inside.
    public synchronized List<ObjectKey> keys() {
        return List.copyOf(objects.keySet());
    }

    /// Sum of the sizes of all objects.
    public synchronized long totalBytes() {
        return objects.values().stream().mapToLong(StoredObject::size).sum();
    }

    @Override
    public void close() {
        // Nothing to release; the objects stay for whoever shares this store.
    }
}
