// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;

/// What a cluster log reports of itself, at one instant.
///
/// @param generation of the WAL being written
/// @param frontier highest slot of it with nothing missing at or below it; −1 before the first
/// @param open shards that serve, with their epochs
/// @param pendingBytes sequenced and not yet durable
public record LogStatus(
        int generation, long frontier, Map<ShardId, LeaderEpoch> open, long pendingBytes, boolean fenced) {
    public LogStatus {
        open = Map.copyOf(open);
    }
}
