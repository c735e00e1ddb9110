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
/// @param appended bytes that each of these shards took since it was opened
/// @param pendingBytes sequenced and not yet durable
public record LogStatus(
        int generation,
        long frontier,
        Map<ShardId, LeaderEpoch> open,
        Map<ShardId, Long> appended,
        long pendingBytes,
        boolean fenced) {
    public LogStatus {
        open = Map.copyOf(open);
        appended = Map.copyOf(appended);
    }
}
