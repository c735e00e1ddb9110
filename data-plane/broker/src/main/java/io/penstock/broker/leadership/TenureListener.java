// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.PartitionRef;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;

/// What the rest of the broker learns of a tenure. Must not block and must not throw.
public interface TenureListener {
    /// The shard serves. Called on the tenure's actor.
    void shardOpened(ShardId shard, LeaderEpoch epoch);

    /// The shard does not serve any more. Called on the tenure's or the log's actor, possibly twice.
    void shardClosed(ShardId shard, LeaderEpoch epoch);

    /// Readers may see more. Called on the log's actor.
    void highWatermarkAdvanced(PartitionRef partition, long highWatermark);

    /// The incarnation is over: a new one has to be drawn. Called once, on the tenure's actor.
    void tenureOver();
}
