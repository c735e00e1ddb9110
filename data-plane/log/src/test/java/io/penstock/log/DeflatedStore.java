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
import io.penstock.objectstore.memory.MemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/// Keeps gigabytes of monotonous objects in a small memory, and counts what is asked of it, by kind of
/// object.
final class DeflatedStore implements ObjectStore {
    final MemoryObjectStore objects = new MemoryObjectStore();
    private final Map<String, Long> requests = new TreeMap<>();
    private final Map<String, Long> bytesPut = new TreeMap<>();

    /// Requests of that kind since the last [#forget()], of objects of that kind: `PUT`, `wal`.
    long requests(String method, String kind) {
        return requests.getOrDefault(method + " " + kind, 0L);
    }

    long requests(String method) {
        return requests.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(method + " "))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    long requests() {
        return requests.values().stream().mapToLong(Long::longValue).sum();
    }

    long bytesPut(String kind) {
        return bytesPut.getOrDefault(kind, 0L);
    }

    long bytesPut() {
        return bytesPut.values().stream().mapToLong(Long::longValue).sum();
    }

    /// Counts from zero.
    void forget() {
        requests.clear();
        bytesPut.clear();
    }

    private void count(String method, String key) {
        requests.merge(method + " " + kind(key), 1L, Long::sum);
    }

    /// The third part of `<tenant>/<cluster>/wal/…`.
    private static String kind(String key) {
        return key.split("/", 4)[2];
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        count("PUT", key.value());
        bytesPut.merge(kind(key.value()), (long) bytes.remaining(), Long::sum);
        return objects.put(key, deflated(bytes), condition);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        count("GET", key.value());
        return objects.get(key).thenApply(outcome -> part(outcome, new ByteRange(0, Long.MAX_VALUE)));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        count("GET", key.value());
        return objects.get(key).thenApply(outcome -> part(outcome, range));
    }

    private static GetOutcome part(GetOutcome outcome, ByteRange range) {
        if (!(outcome instanceof GetOutcome.Found found)) {
            return outcome;
        }
        ByteBuffer whole = inflated(found.bytes());
        int from = (int) range.startIn(whole.limit());
        int to = (int) range.endIn(whole.limit());
        return new GetOutcome.Found(found.version(), whole.slice(from, to - from), whole.limit());
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        count("HEAD", key.value());
        return objects.head(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        count("LIST", prefix);
        return objects.list(prefix, after, limit);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        count("DELETE", key.value());
        return objects.delete(key);
    }

    @Override
    public void close() {
        // Nothing to close.
    }

    private static ByteBuffer deflated(ByteBuffer bytes) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        deflater.setInput(bytes.duplicate());
        deflater.finish();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] piece = new byte[64 << 10];
        while (!deflater.finished()) {
            out.write(piece, 0, deflater.deflate(piece));
        }
        deflater.end();
        byte[] packed = out.toByteArray();
        return ByteBuffer.allocate(4 + packed.length)
                .putInt(bytes.remaining())
                .put(packed)
                .flip();
    }

    private static ByteBuffer inflated(ByteBuffer packed) {
        ByteBuffer in = packed.slice();
        byte[] bytes = new byte[in.getInt()];
        Inflater inflater = new Inflater();
        inflater.setInput(in);
        try {
            int at = 0;
            while (at < bytes.length) {
                at += inflater.inflate(bytes, at, bytes.length - at);
            }
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        } finally {
            inflater.end();
        }
        return ByteBuffer.wrap(bytes);
    }
}
