// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.objectstore.observed.ObservedObjectStore;

/// Opens the store a cluster lives in; clusters of one bucket and the same credentials share it.
public interface BucketStores extends AutoCloseable {
    /// @throws RuntimeException with one line that says what to do, if it cannot be opened
    ObservedObjectStore of(ClusterAttached cluster);

    @Override
    void close();
}
