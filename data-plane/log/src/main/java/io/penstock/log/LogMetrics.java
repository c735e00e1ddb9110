// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// What a cluster's log counts, for whoever watches it.
///
/// Called on the cluster's actor, often: must neither block nor throw. Times are nanoseconds of
/// [LogRuntime#nanos()]. Nothing in the log depends on it, so what a test does not watch it leaves out.
public interface LogMetrics {

    /// Watches nothing.
    LogMetrics NONE = new LogMetrics() {};

    /// How the PUT of a slot ended.
    enum SlotFate {
        DURABLE,
        /// A seal stands where the slot should have been.
        SEALED,
        /// Something stands there that nobody may have put.
        DAMAGED
    }

    /// Where the bytes of a read were.
    enum ReadSource {
        /// In a slot of our own that is still in memory.
        TAIL_CACHE,
        /// In a block that was read from the store before.
        BLOCK_CACHE,
        STORE
    }

    /// A slot was closed and is about to be sent.
    ///
    /// @param waited since its first entry came
    default void slotCut(int bytes, int entries, long waited) {}

    /// The outcome of a slot's PUT is certain.
    ///
    /// @param attempts how often it was sent, hedges among them
    /// @param took since its first attempt
    default void slotPut(SlotFate fate, int attempts, long took) {}

    /// The durable frontier passed a slot: its appends are acknowledged.
    ///
    /// @param behindFrontier how long the slot was stored and had to wait for slots below it
    default void slotAcknowledged(long behindFrontier) {}

    /// What waits for durability now: sequenced bytes, and slots that are sent and not passed by the
    /// frontier.
    default void walWaits(long pendingBytes, int slotsInFlight) {}

    /// A valid seal ended our generation.
    ///
    /// @param continues whether our WAL goes on in the next
    default void sealMet(boolean continues) {}

    /// The WAL of a predecessor is sealed, by us or whoever was faster.
    default void predecessorSealed() {}

    /// A part of a slot was read to learn what it holds, as recovery does.
    default void footerRead(int bytes) {}

    /// A shard was opened, or was not.
    ///
    /// @param took since it was assigned
    default void shardOpening(OpenOutcome outcome, long took) {}

    /// Bytes that clients read.
    default void read(ReadSource source, int bytes) {}

    /// Slots of our WAL, and their bytes, that no segment holds whole.
    default void consolidationDebt(int slots, long bytes) {}

    /// A shard's tail was rewritten into segments of so many bytes.
    default void shardConsolidated(long bytes) {}

    /// Segments of so many bytes were rewritten into larger ones.
    default void shardMerged(long bytes) {}

    /// A round of consolidation is over.
    default void consolidationRound(long took) {}

    /// An object that nobody needs any more is deleted.
    default void objectDeleted() {}

    /// A read barrier was answered (R10).
    default void barrier(boolean proven, long took) {}
}
