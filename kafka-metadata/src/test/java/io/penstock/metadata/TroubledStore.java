// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// A store in memory that counts its requests and fails the next ones of a kind when told to.
final class TroubledStore implements ObjectStore {
    static final MetaKeys KEYS = new MetaKeys(new ClusterPrefix("t1/c1"));

    private final MemoryObjectStore objects = new MemoryObjectStore();
    private final List<ObjectKey> gets = new ArrayList<>();
    private int requests;
    private int puts;
    int putsToLose;
    int putsWhoseAnswerIsLost;
    int getsToFail;
    int getsToDamage;
    int listsToFail;

    void hold(EncodedEntry... entries) {
        for (EncodedEntry entry : entries) {
            objects.put(KEYS.entry(entry.number()), entry.buffer(), PutCondition.ifAbsent());
        }
    }

    void hold(ObjectKey key, byte[] bytes) {
        objects.put(key, ByteBuffer.wrap(bytes), PutCondition.always());
    }

    void lose(ObjectKey key) {
        objects.delete(key);
    }

    byte[] bytesAt(ObjectKey key) {
        if (objects.get(key).join() instanceof GetOutcome.Found found) {
            byte[] bytes = new byte[found.bytes().remaining()];
            found.bytes().duplicate().get(bytes);
            return bytes;
        }
        throw new AssertionError("nothing at " + key);
    }

    int requests() {
        return requests;
    }

    int puts() {
        return puts;
    }

    List<ObjectKey> gets() {
        return gets;
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        requests++;
        puts++;
        if (putsToLose > 0) {
            putsToLose--;
            return answer(new PutOutcome.Unknown(trouble()));
        }
        CompletableFuture<PutOutcome> outcome = objects.put(key, bytes, condition);
        if (putsWhoseAnswerIsLost > 0) {
            putsWhoseAnswerIsLost--;
            return answer(new PutOutcome.Unknown(trouble()));
        }
        return outcome;
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        requests++;
        gets.add(key);
        if (getsToFail > 0) {
            getsToFail--;
            return answer(new GetOutcome.Failed(trouble()));
        }
        CompletableFuture<GetOutcome> outcome = objects.get(key);
        if (getsToDamage > 0 && outcome.join() instanceof GetOutcome.Found found) {
            getsToDamage--;
            ByteBuffer damaged = ByteBuffer.allocate(found.bytes().remaining());
            damaged.put(found.bytes().duplicate()).flip();
            damaged.put(damaged.limit() / 2, (byte) ~damaged.get(damaged.limit() / 2));
            return answer(new GetOutcome.Found(found.version(), damaged.asReadOnlyBuffer(), found.objectSize()));
        }
        return outcome;
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        requests++;
        return objects.get(key, range);
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        requests++;
        return objects.head(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        requests++;
        if (listsToFail > 0) {
            listsToFail--;
            return answer(new ListOutcome.Failed(trouble()));
        }
        return objects.list(prefix, after, limit);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        requests++;
        return objects.delete(key);
    }

    @Override
    public void close() {
        objects.close();
    }

    private static IOException trouble() {
        return new IOException("503 slow down");
    }

    private static <T> CompletableFuture<T> answer(T outcome) {
        return CompletableFuture.completedFuture(outcome);
    }
}
