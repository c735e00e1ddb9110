// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Reads the footers of closed tails, as far as no segment holds them.
final class TailReader {
    CompletableFuture<List<ReadSlot>> read(ShardId shard, List<Tail> tails) {
        if (tails.stream().noneMatch(Tail::unread)) {
            return CompletableFuture.completedFuture(List.of());
        }
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("takeover of shard " + shard + " is not part of this build"));
    }
}
