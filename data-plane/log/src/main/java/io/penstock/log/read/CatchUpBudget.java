// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.read;

import java.util.ArrayDeque;

/// Bounds what a cluster's readers ask of the store at once, so that their catching up delays neither
/// produces nor
/// recoveries. First come, first served; whoever reads the tail from memory never meets it. On the actor.
final class CatchUpBudget {
    private final long maxBytes;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private long underWay;

    private record Waiting(long bytes, Runnable request) {}

    CatchUpBudget(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /// Runs the request when there is room for it; one that is larger than all room runs alone.
    void run(long bytes, Runnable request) {
        waiting.addLast(new Waiting(bytes, request));
        next();
    }

    /// A request of so many bytes has its answer.
    void done(long bytes) {
        underWay -= bytes;
        next();
    }

    boolean isHalfFree() {
        return waiting.isEmpty() && 2 * underWay <= maxBytes;
    }

    private void next() {
        while (!waiting.isEmpty()
                && (underWay == 0 || underWay + waiting.getFirst().bytes() <= maxBytes)) {
            Waiting first = waiting.removeFirst();
            underWay += first.bytes();
            first.request().run();
        }
    }
}
