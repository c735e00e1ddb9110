// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

/// What became of a wish to delete a partition's records from its beginning up to an offset.
public sealed interface DeletionOutcome {
    /// Durable: no heir will show records below the log start offset, which is at or above the offset asked
    /// for.
    record Deleted(long logStartOffset) implements DeletionOutcome {}

    /// Proven (R10) to lie beyond the high watermark: nothing was deleted.
    record OutOfRange(long highWatermark) implements DeletionOutcome {}

    /// Not open here, or fenced before it was durable.
    record NotLeader() implements DeletionOutcome {}

    /// The store did not answer in time; it may become durable, and may be asked for again.
    record Unavailable(String detail) implements DeletionOutcome {}
}
