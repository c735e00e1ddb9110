// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.leadership;

import io.penstock.log.ShardOpening;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;

/// One thing to do about one shard.
sealed interface ShardDuty {
    ShardId shard();

    /// Take the shard over.
    record Open(ShardOpening opening) implements ShardDuty {
        @Override
        public ShardId shard() {
            return opening.shard();
        }
    }

    /// Give the shard up in order (R9).
    record HandOff(ShardId shard, LeaderEpoch epoch) implements ShardDuty {}
}
