// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

/// Where a shard is in one tenure of its leadership.
sealed interface ShardState {
    /// Predecessors are being closed, tails read, EPOCH_START is on its way: answers NOT_LEADER.
    record Opening() implements ShardState {}

    /// Serves.
    record Open() implements ShardState {}

    /// Takes no more appends; HANDOFF is on its way.
    record HandingOff() implements ShardState {}

    /// No longer ours. Terminal: a later tenure is another object.
    record Closed() implements ShardState {}
}
