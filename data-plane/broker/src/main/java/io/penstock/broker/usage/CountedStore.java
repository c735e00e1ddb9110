// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.usage;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/// One cluster's share of a store that clusters of a bucket have in common: passes everything on, and counts
/// the
/// requests and their bytes. Requests that the store below tries again are counted once.
public final class CountedStore implements ObjectStore {
    private final ObjectStore store;
    private final LongAdder puts = new LongAdder();
    private final LongAdder putBytes = new LongAdder();
    private final LongAdder gets = new LongAdder();
    private final LongAdder getBytes = new LongAdder();
    private final LongAdder heads = new LongAdder();
    private final LongAdder lists = new LongAdder();
    private final LongAdder deletes = new LongAdder();

    /// @param store not closed with this one
    public CountedStore(ObjectStore store) {
        this.store = store;
    }

    /// What was counted so far, by measure.
    public Map<String, Long> counts() {
        return new TreeMap<>(Map.of(
                "store.put.requests", puts.sum(),
                "store.put.bytes", putBytes.sum(),
                "store.get.requests", gets.sum(),
                "store.get.bytes", getBytes.sum(),
                "store.head.requests", heads.sum(),
                "store.list.requests", lists.sum(),
                "store.delete.requests", deletes.sum()));
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        puts.increment();
        putBytes.add(bytes.remaining());
        return store.put(key, bytes, condition);
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return counted(store.get(key));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return counted(store.get(key, range));
    }

    private CompletableFuture<GetOutcome> counted(CompletableFuture<GetOutcome> answer) {
        gets.increment();
        return answer.whenComplete((outcome, _) -> {
            if (outcome instanceof GetOutcome.Found found) {
                getBytes.add(found.bytes().remaining());
            }
        });
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        heads.increment();
        return store.head(key);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        lists.increment();
        return store.list(prefix, after, limit);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        deletes.increment();
        return store.delete(key);
    }

    @Override
    public void close() {}
}
