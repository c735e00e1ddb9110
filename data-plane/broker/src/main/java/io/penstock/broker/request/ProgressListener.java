// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request;

import io.penstock.log.PartitionRef;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;

/// Hears of what waiting requests wait for. Called on the cluster's actor or on its metalog follower's thread:
/// must neither block nor throw.
public interface ProgressListener {
    /// Readers may now see up to (not including) this offset; also called when the last stable offset moved.
    default void highWatermarkAdvanced(PartitionRef partition, long highWatermark) {}

    /// The shard is no longer led here.
    default void shardClosed(ShardId shard, LeaderEpoch epoch) {}

    /// Nothing is led here any more, until a new incarnation is given something.
    default void incarnationFenced() {}

    default void imageChanged(ClusterImage newest) {}

    /// As the other one, for those who need to know what changed.
    default void imageChanged(ImageChange change) {
        imageChanged(change.after());
    }

    /// The shard serves here: coordinators of its internal partitions may load.
    default void shardOpened(ShardId shard, LeaderEpoch epoch) {}
}
