// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.util.concurrent.CompletableFuture;

/// The first answer to an append: whether the batches have got their place. Nothing is durable yet.
public sealed interface Sequencing {
    /// The batches have offsets, or had them already (an idempotent producer's retry).
    ///
    /// @param baseOffset of the first record
    /// @param lastOffset of the last record; the log end offset the append made is one more
    /// @param logStartOffset first offset still readable
    /// @param duplicate whether these very batches had been appended before
    /// @param durability completes on the cluster's actor when the outcome is known (R3); never exceptionally
    record Sequenced(
            long baseOffset,
            long lastOffset,
            long logStartOffset,
            boolean duplicate,
            CompletableFuture<Durability> durability)
            implements Sequencing {}

    /// Nothing was appended.
    record Refused(AppendRefusal reason, String detail) implements Sequencing {}
}
