// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// Passes everything on; a test's store that lies or fails overrides what it needs.
public class ForwardingObjectStore implements ObjectStore {
    protected final ObjectStore store;

    public ForwardingObjectStore(ObjectStore store) {
        this.store = store;
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        return store.put(key, bytes, condition);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return store.get(key);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return store.get(key, range);
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return store.head(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        return store.list(prefix, after, limit);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return store.delete(key);
    }

    @Override
    public void close() {
        store.close();
    }
}
