// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;

/// What a broker tells the control plane about its work in one cluster. All of it may be lost: it saves time, nothing
/// else.
public interface TenureReports {
    /// A new incarnation waits for shards. Repeated after every reconnection by whoever implements this.
    void incarnationReady(Incarnation incarnation);

    /// HANDOFF of the shard's epoch is durable there; the heir is to be told.
    void handedOff(ShardId shard, LeaderEpoch epoch, WalSlot where);

    /// The shard's manifest says that all epochs below this one are closed.
    void checkpointReached(ShardId shard, LeaderEpoch below);

    /// The leader of the shard knows that the topic is deleted, though it can be restored. Repeated after every
    /// reconnection, for as long as the topic's name is taken.
    default void topicClosed(Uuid topicId, ShardId shard) {}

    /// The DROP of a topic that is deleted for good is durable for these shards. Repeated after every reconnection,
    /// for as long as the metalog knows of the topic.
    void topicDropped(Uuid topicId, Set<ShardId> shards);

    /// Another control plane owns the cluster, as its metalog says up to this entry; this broker has let go
    /// of it.
    default void claimed(UUID owner, int entry) {}
}
