// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;

/// What a cluster's log tells its broker. Called on the cluster's actor, in order; must not block and must not throw.
public interface LogListener {
    /// Readers may now see up to (not including) this offset; also called when the last stable offset moved.
    void highWatermarkAdvanced(PartitionRef partition, long highWatermark);

    /// The shard is no longer ours (a seal by name, a foreign manifest); what was not acknowledged is gone from here.
    void shardClosed(ShardId shard, LeaderEpoch epoch);

    /// A SEAL of ALL ended this incarnation: answer NOT_LEADER for the cluster, draw a new incarnation, ask for work
    /// (R8).
    void incarnationFenced();
}
