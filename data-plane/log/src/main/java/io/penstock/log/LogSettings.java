// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.time.Duration;

/// The log's numbers, with their defaults beside their reasons in [#defaults].
///
/// @param profile how long batches wait for company
/// @param maxSlotBytes a slot is cut when it holds so much (4 to 8 MiB)
/// @param maxPutsInFlight depth of the pipeline of WAL PUTs
/// @param maxPendingBytes what may wait for durability in this cluster before appends are refused as overloaded
/// @param slotStuckAfter a slot that cannot be written for so long makes the broker seal its own WAL with `continue`
/// (R2)
/// @param handOffPatience how long an heir waits for a living predecessor's HANDOFF before it seals by name (R9)
/// @param barrierInterval read barriers are shared within it (R10)
/// @param consolidateAfterSlots tail slots that force consolidation
/// @param consolidateAfter age of the tail that forces consolidation
/// @param consolidateAfterBytes bytes of tail that force consolidation
/// @param tailCacheBytes recent slots kept in memory for readers
/// @param collectionGrace how long an object that nobody needs any more is kept before it is deleted
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
        Duration collectionGrace) {

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
                512L << 20,
                128L << 20,
                Duration.ofHours(1)); // longer than any request that was begun when it was still needed
    }
}
