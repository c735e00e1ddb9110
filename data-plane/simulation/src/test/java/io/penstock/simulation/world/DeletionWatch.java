// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.objectstore.ObjectKey;
import io.penstock.simulation.store.StoreObserver;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/// Waits for objects to be deleted: some ambushes spring when a slot is collected.
final class DeletionWatch implements StoreObserver {
    private final Map<ObjectKey, Runnable> awaited = new HashMap<>();

    /// Runs the task when that object is deleted.
    void whenDeleted(ObjectKey key, Runnable task) {
        awaited.put(key, task);
    }

    @Override
    public void stored(ObjectKey key, ByteBuffer bytes) {
        // Only what goes matters here.
    }

    @Override
    public void deleted(ObjectKey key) {
        Runnable task = awaited.remove(key);
        if (task != null) {
            task.run();
        }
    }
}
