// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.store;

import io.penstock.objectstore.ObjectKey;
import java.nio.ByteBuffer;

/// Sees what really happens inside of the store, at the instant it happens.
public interface StoreObserver {
    /// An object came to be, or was replaced.
    void stored(ObjectKey key, ByteBuffer bytes);

    /// An object that was there is gone.
    void deleted(ObjectKey key);
}
