// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.log.format.ControlEntry.ClosedPredecessor;
import io.penstock.objectstore.layout.ShardId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Closes earlier epochs of a shard, each in the WAL of its own incarnation (R7).
final class PredecessorCloser {
    /// @param tails every generation that may hold something of the closed epochs
    record Closed(List<ClosedTail> tails, List<ClosedPredecessor> evidence) {
        Closed {
            tails = List.copyOf(tails);
            evidence = List.copyOf(evidence);
        }
    }

    CompletableFuture<Closed> close(ShardId shard, List<Predecessor> predecessors, HandOffHints hints) {
        if (predecessors.isEmpty()) {
            return CompletableFuture.completedFuture(new Closed(List.of(), List.of()));
        }
        return CompletableFuture.failedFuture(
                new UnsupportedOperationException("takeover of shard " + shard + " is not part of this build"));
    }
}
