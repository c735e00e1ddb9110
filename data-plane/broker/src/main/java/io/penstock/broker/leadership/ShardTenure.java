// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.objectstore.layout.LeaderEpoch;

/// How far this incarnation has got with one shard. A shard that it has nothing to do with has no tenure at all.
sealed interface ShardTenure {
    LeaderEpoch epoch();

    /// Predecessors are being closed and tails read; nothing is served yet.
    record Opening(LeaderEpoch epoch) implements ShardTenure {
        Leading opened() {
            return new Leading(epoch);
        }

        HandingOff leaving() {
            return new HandingOff(epoch);
        }
    }

    /// EPOCH_START is durable.
    record Leading(LeaderEpoch epoch) implements ShardTenure {
        HandingOff leaving() {
            return new HandingOff(epoch);
        }
    }

    /// No more appends; HANDOFF is on its way.
    record HandingOff(LeaderEpoch epoch) implements ShardTenure {
        Over done() {
            return new Over(epoch);
        }
    }

    /// Handed off, fenced or superseded: terminal for this epoch; only a higher one starts again.
    record Over(LeaderEpoch epoch) implements ShardTenure {}
}
