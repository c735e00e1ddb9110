// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.nio.ByteBuffer;
import java.util.List;

/// What a read of one partition found.
public sealed interface ReadOutcome {
    /// Whole batches, contiguous, the first containing the offset asked for or beginning after it; possibly none (the
    /// reader is at the end).
    ///
    /// @param batches read-only, shared with the caches: never change them
    /// @param aborted transactions whose records a read-committed consumer must skip; empty for other reads
    record Records(
            List<ByteBuffer> batches,
            long highWatermark,
            long lastStableOffset,
            long logStartOffset,
            List<AbortedTransaction> aborted)
            implements ReadOutcome {
        /// Sum of the batches' sizes in bytes.
        public int sizeInBytes() {
            int size = 0;
            for (ByteBuffer batch : batches) {
                size += batch.remaining();
            }
            return size;
        }
    }

    /// Proven (R10) to lie outside of what is readable.
    record OutOfRange(long logStartOffset, long highWatermark) implements ReadOutcome {}

    /// Not open here.
    record NotLeader() implements ReadOutcome {}

    /// The store did not answer in time: retriable.
    record Unavailable(String detail) implements ReadOutcome {}

    /// @param firstOffset where the transaction began in this partition
    record AbortedTransaction(long producerId, long firstOffset) {}
}
