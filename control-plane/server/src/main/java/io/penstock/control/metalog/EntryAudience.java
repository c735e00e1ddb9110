// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.EncodedEntry;
import java.util.concurrent.CompletableFuture;

/// Who is told of stored entries.
public interface EntryAudience {
    /// Called for every entry, in order, only after it is in the bucket; after a crash possibly again. Must not
    /// block.
    ///
    /// @return completes when everybody who is connected now has applied it (or has gone)
    CompletableFuture<Void> stored(String clusterId, EncodedEntry entry);
}
