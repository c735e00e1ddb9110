// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;

/// An assignment to be opened (R7): the shard, its new epoch, and every earlier epoch since the manifest's checkpoint,
/// as the metalog tells.
///
/// @param predecessors oldest first
public record ShardOpening(ShardId shard, LeaderEpoch epoch, List<Predecessor> predecessors) {
    public ShardOpening {
        predecessors = List.copyOf(predecessors);
    }

    /// An earlier assignment of the shard.
    ///
    /// @param closing how the entry that took the shard away says it is to be closed
    public record Predecessor(LeaderEpoch epoch, Incarnation incarnation, Closing closing) {}

    /// How a predecessor is closed.
    public enum Closing {
        /// The same or an earlier entry retires the incarnation and reassigns all its shards: seal ALL.
        RETIRED,
        /// It lives: wait for its hand-off for a while, then seal by name with `continue`.
        ALIVE
    }
}
