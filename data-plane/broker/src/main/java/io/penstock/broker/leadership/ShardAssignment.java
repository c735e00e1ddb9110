// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;

/// Who leads a shard, as the metalog has it.
///
/// @param predecessors every earlier assignment since the manifest's checkpoint, oldest first
record ShardAssignment(ShardId shard, LeaderEpoch epoch, Incarnation leader, List<Predecessor> predecessors) {
    ShardAssignment {
        predecessors = List.copyOf(predecessors);
    }
}
