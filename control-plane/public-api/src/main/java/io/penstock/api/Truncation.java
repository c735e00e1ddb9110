// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// Which records shall go, for good.
///
/// @param partitions null: all records of all partitions
public record Truncation(@Nullable List<Before> partitions) {
    /// @param offset the first that stays; null: none stays
    public record Before(
            @Nullable Integer partition, @Nullable Long offset) {}

    /// What became of it, or would.
    public record Outcome(String apiVersion, String kind, boolean dryRun, List<Start> partitions) {}

    /// Where a partition begins.
    public record Start(int partition, long startOffset) {}
}
