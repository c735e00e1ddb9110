// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;

/// The longest time without a commit, of all workers together, and when it began. Thread-safe.
final class CommitGaps {
    private static final long NEVER = Long.MIN_VALUE;

    private long last = NEVER;
    private long longest;
    private long longestBegan = NEVER;
    private long blow = NEVER;

    synchronized void blow() {
        blow = System.nanoTime();
    }

    synchronized void committed() {
        long now = System.nanoTime();
        if (last != NEVER && now - last > longest) {
            longest = now - last;
            longestBegan = last;
        }
        last = now;
    }

    synchronized Duration longest() {
        return Duration.ofNanos(longest);
    }

    /// From the blow on; negative if it began before. Zero if there was no gap, or no blow.
    synchronized Duration longestBegan() {
        return longestBegan == NEVER || blow == NEVER ? Duration.ZERO : Duration.ofNanos(longestBegan - blow);
    }
}
