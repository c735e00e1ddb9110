// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.time.Duration;

/// The log's numbers, with their defaults beside their reasons in [#defaults].
///
/// @param profile how long batches wait for company
/// @param maxSlotBytes a slot is cut when it holds so much (4 to 8 MiB)
/// @param maxPutsInFlight depth of the pipeline of WAL PUTs
/// @param maxPendingBytes what may wait for durability in this cluster before appends are refused as
/// overloaded
/// @param slotStuckAfter a slot that cannot be written for so long makes the broker seal its own WAL with
/// `continue` (R2)
/// @param handOffPatience how long an heir waits for a living predecessor's HANDOFF before it seals by name
/// (R9)
/// @param barrierInterval read barriers are shared within it (R10)
/// @param consolidateAfterSlots tail slots that force consolidation
/// @param consolidateAfter age of the tail that forces consolidation
/// @param consolidateAfterBytes bytes of tail that force consolidation
/// @param tailCacheBytes recent slots kept in memory for readers
/// @param collectionGrace how long an object that nobody needs any more is kept before it is deleted
/// @param housekeeping what rewriting and deleting in the background may take
public record LogSettings(
        LatencyProfile profile,
        int maxSlotBytes,
        int maxPutsInFlight,
        long maxPendingBytes,
        Duration slotStuckAfter,
        Duration handOffPatience,
        Duration barrierInterval,
        int consolidateAfterSlots,
        Duration consolidateAfter,
        long consolidateAfterBytes,
        long tailCacheBytes,
        Duration collectionGrace,
        Housekeeping housekeeping) {

    /// What recovery, rewriting and deleting may take, per cluster: appends and clients' reads come first.
    ///
    /// @param recoveryReadsAtOnce footers of tails asked for at the same time
    /// @param foldsAtOnce shards whose tails are folded at the same time
    /// @param readsAtOnce requests under way that read what is rewritten
    /// @param deletesPerSecond objects deleted in a second, at most
    /// @param undoWindow how long a deleted topic's records stay, so that the deletion can be taken back
    /// @param partsPerPage so many parts of one partition are taken out of the manifest into a page
    public record Housekeeping(
            int recoveryReadsAtOnce,
            int foldsAtOnce,
            int readsAtOnce,
            int deletesPerSecond,
            Duration undoWindow,
            int partsPerPage) {
        public Housekeeping {
            if (Math.min(Math.min(recoveryReadsAtOnce, foldsAtOnce), Math.min(readsAtOnce, deletesPerSecond)) < 1
                    || partsPerPage < 2) {
                throw new IllegalArgumentException("without a budget nothing is ever done: " + recoveryReadsAtOnce
                        + ", " + foldsAtOnce + ", " + readsAtOnce + ", " + deletesPerSecond + ", " + partsPerPage);
            }
        }

        public static Housekeeping defaults() {
            return new Housekeeping(
                    64, // a tail of 256 slots in four round trips
                    4, // hides the round trips of one shard behind those of the others
                    8, // 8 MiB each: as fast as a tail of 512 MiB has to be folded within a minute, and no faster
                    100, // more than the slots that the fastest profile writes
                    Duration.ofDays(1),
                    128); // of at least 16 MiB each: a page stands for 2 GiB or more
        }
    }

    /// With the usual housekeeping.
    public LogSettings(
            LatencyProfile profile,
            int maxSlotBytes,
            int maxPutsInFlight,
            long maxPendingBytes,
            Duration slotStuckAfter,
            Duration handOffPatience,
            Duration barrierInterval,
            int consolidateAfterSlots,
            Duration consolidateAfter,
            long consolidateAfterBytes,
            long tailCacheBytes,
            Duration collectionGrace) {
        this(
                profile,
                maxSlotBytes,
                maxPutsInFlight,
                maxPendingBytes,
                slotStuckAfter,
                handOffPatience,
                barrierInterval,
                consolidateAfterSlots,
                consolidateAfter,
                consolidateAfterBytes,
                tailCacheBytes,
                collectionGrace,
                Housekeeping.defaults());
    }

    public static LogSettings defaults(LatencyProfile profile) {
        return new LogSettings(
                profile,
                4 << 20, // beyond this a PUT's transfer time, not its latency, decides
                8,
                64L << 20,
                Duration.ofSeconds(30),
                Duration.ofSeconds(2),
                Duration.ofMillis(50),
                256,
                Duration.ofSeconds(60),
                96L << 20, // folded while it still lies in the tail cache, and the cache has room for what comes
                // meanwhile
                128L << 20,
                Duration.ofHours(1)); // longer than any request that was begun when it was still needed
    }
}
