// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// The answer to "which offset?" (ListOffsets, OffsetForLeaderEpoch).
public sealed interface OffsetLookup {
    /// @param timestamp of the record, or −1 where the question has none
    /// @param leaderEpoch of the batch that holds it, or −1 if not known
    record Found(long offset, long timestamp, int leaderEpoch) implements OffsetLookup {}

    /// No record answers the question (a timestamp beyond the last one).
    record None() implements OffsetLookup {}

    record NotLeader() implements OffsetLookup {}

    /// Retriable.
    record Unavailable(String detail) implements OffsetLookup {}
}
