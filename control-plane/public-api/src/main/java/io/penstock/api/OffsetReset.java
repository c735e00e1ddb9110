// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Where a consumer group shall go on.
///
/// @param to EARLIEST, LATEST, OFFSET, TIMESTAMP, SHIFT or GROUP
/// @param offset for OFFSET
/// @param timestamp for TIMESTAMP: the first record that is not older
/// @param shift for SHIFT: records forwards, or backwards if negative
/// @param groupId for GROUP: where that one is
/// @param topics which topics; null: all that the group has offsets for
public record OffsetReset(
        @Nullable String to,
        @Nullable Long offset,
        @Nullable Instant timestamp,
        @Nullable Long shift,
        @Nullable String groupId,
        @Nullable List<Topic> topics) {
    /// A topic.
    ///
    /// @param partitions null: all of them
    public record Topic(@Nullable String topic, @Nullable List<Integer> partitions) {}

    /// What became of it, or would.
    public record Outcome(String apiVersion, String kind, String groupId, boolean dryRun, List<Moved> offsets) {}

    /// One partition.
    ///
    /// @param from null: the group had no offset there
    public record Moved(
            String topic, int partition, @Nullable Long from, long to) {}
}
