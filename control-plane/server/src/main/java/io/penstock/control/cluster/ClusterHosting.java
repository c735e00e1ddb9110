// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.objectstore.layout.ClusterPrefix;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// What a cluster needs of the fleet that serves it.
interface ClusterHosting {
    /// The fleet that was named, or else the oldest; empty if there is none.
    Optional<String> fleet(Optional<String> wanted);

    /// Has the fleet's brokers serve the cluster. Repeatable.
    ///
    /// @return completes when every shard has a leader
    CompletableFuture<Void> attach(Cluster cluster, int basePort);

    /// Has them stop. Repeatable.
    void detach(String clusterId);

    /// Has what a deleted cluster left in its bucket removed by somebody who may touch a log. Repeatable.
    ///
    /// @return whether there was anybody to be told
    boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId);
}
