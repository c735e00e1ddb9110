// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// What became of opening a shard.
public sealed interface OpenOutcome {
    /// EPOCH_START is durable; the shard serves.
    ///
    /// @param slotsRead how many predecessors' slots recovery had to look at
    record Opened(int partitions, long slotsRead) implements OpenOutcome {}

    /// A higher epoch has the manifest, or this incarnation is fenced: somebody else leads or will.
    record Superseded() implements OpenOutcome {}

    /// A slot that must be there is not (R11), or an object is damaged: the shard stays closed and says so loudly.
    record Corrupt(String detail) implements OpenOutcome {}
}
