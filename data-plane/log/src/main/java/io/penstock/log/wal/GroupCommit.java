// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LatencyProfile;
import java.time.Duration;

/// Decides when a slot is cut and put: the balance between latency and the number of requests.
///
/// Between two cuts lies an interval that the latency profile gives, so batches wait only while a PUT is recent: after
/// a pause the first batch goes at once. Full slots and urgent ones wait for nothing but room in the pipeline. Where
/// latency is all that counts the interval follows the store: half of what its PUTs take, since a batch that shares
/// the next slot then comes as early as one that has a slot of its own, and the store is asked less; at most 4 ms.
/// Pure: time is given.
final class GroupCommit {
    private static final long FAST_MOST = Duration.ofMillis(4).toNanos();
    private static final long BALANCED = Duration.ofMillis(50).toNanos();
    private static final long ECONOMY_LEAST = Duration.ofMillis(250).toNanos();
    private static final long ECONOMY_MOST = Duration.ofSeconds(1).toNanos();

    private final LatencyProfile profile;
    private long interval;
    private long typicalPut;
    private long lastCut;
    private boolean everCut;

    GroupCommit(LatencyProfile profile) {
        this.profile = profile;
        this.interval = leastInterval(profile);
    }

    /// When to cut.
    sealed interface Decision {
        record Now() implements Decision {}

        /// Not before this time; then ask again.
        record At(long nanos) implements Decision {}

        /// When the pipeline has room: ask again when the frontier has moved.
        record WhenRoom() implements Decision {}
    }

    /// @param now monotonic nanoseconds
    /// @param room whether the pipeline takes another slot
    /// @param full whether the slot holds all it may
    /// @param urgent whether something in it must not wait for company
    Decision decide(long now, boolean room, boolean full, boolean urgent) {
        if (!room) {
            return new Decision.WhenRoom();
        }
        if (full || urgent || !everCut || now - lastCut >= interval) {
            return new Decision.Now();
        }
        return new Decision.At(lastCut + interval);
    }

    /// A slot was cut.
    void cut(long now) {
        if (profile == LatencyProfile.ECONOMY && everCut) {
            // Steady traffic pays less and waits longer; after a pause the first waits are short again.
            boolean pause = now - lastCut >= 2 * interval;
            interval = pause ? ECONOMY_LEAST : Math.min(ECONOMY_MOST, 2 * interval);
        }
        everCut = true;
        lastCut = now;
    }

    /// A slot was stored.
    ///
    /// @param nanos how long that took
    void stored(long nanos) {
        typicalPut += (nanos - typicalPut) / 8;
        if (profile == LatencyProfile.FAST) {
            interval = Math.min(FAST_MOST, typicalPut / 2);
        }
    }

    private static long leastInterval(LatencyProfile profile) {
        return switch (profile) {
            case FAST -> 0;
            case BALANCED -> BALANCED;
            case ECONOMY -> ECONOMY_LEAST;
        };
    }
}
