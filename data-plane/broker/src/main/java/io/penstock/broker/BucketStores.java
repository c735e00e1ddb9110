// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker;

import io.penstock.brokerapi.v1.ClusterAttached;
import io.penstock.objectstore.observed.ObservedObjectStore;

/// Opens the store a cluster lives in; clusters of one bucket share it.
public interface BucketStores extends AutoCloseable {
    /// The newest keys that were told for a bucket are in force for everybody who uses it.
    ///
    /// @throws RuntimeException with one line that says what to do, if it cannot be opened
    ObservedObjectStore of(ClusterAttached cluster);

    @Override
    void close();
}
