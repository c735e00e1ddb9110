// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.WalSlot;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Where predecessors say their hand-offs are. Hints only: each is read and verified before it counts (R9).
final class HandOffHints {
    private final Map<LeaderEpoch, CompletableFuture<WalSlot>> hints = new HashMap<>();

    /// Completes when the predecessor's hint has come.
    CompletableFuture<WalSlot> of(LeaderEpoch predecessor) {
        return hints.computeIfAbsent(predecessor, _ -> new CompletableFuture<>());
    }

    void reported(LeaderEpoch predecessor, WalSlot where) {
        CompletableFuture<WalSlot> hint = of(predecessor);
        if (!hint.complete(where)) {
            hints.put(predecessor, CompletableFuture.completedFuture(where));
        }
    }
}
