// SPDX-License-Identifier: Apache-2.0
package io.penstock.kafka.producers;

/// A transaction that ended in an abort: readers of committed records skip the producer's records between the two
/// offsets.
///
/// @param firstOffset of its first record in this partition
/// @param lastOffset of the marker
/// @param lastStableOffset of the partition once the marker was written
public record AbortedTransaction(long producerId, long firstOffset, long lastOffset, long lastStableOffset) {}
