// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.objectstore.ObjectStore;
import jakarta.annotation.PreDestroy;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;

/// The stores that are open, one per bucket.
@Component
class OpenStores {
    private final ConcurrentMap<String, ObjectStore> stores = new ConcurrentHashMap<>();

    ObjectStore of(String bucketId, Supplier<ObjectStore> open) {
        return stores.computeIfAbsent(bucketId, _ -> open.get());
    }

    void forget(String bucketId) {
        var store = stores.remove(bucketId);
        if (store != null) {
            store.close();
        }
    }

    @PreDestroy
    void close() {
        stores.keySet().forEach(this::forget);
    }
}
