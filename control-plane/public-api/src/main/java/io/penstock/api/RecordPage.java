// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;

/// Records that were found, and what was looked at to find them.
///
/// @param metadata the token in it goes on behind what was scanned, also at the end: what has come since is
///     next
public record RecordPage(
        String apiVersion, String kind, ResourceList.ListMetadata metadata, Scan scan, List<TopicRecord> data) {
    /// What was looked at.
    ///
    /// @param records how many
    /// @param matched how many of them fit the filter
    /// @param atEnd whether nothing is left to be read now
    /// @param stoppedBecause LIMIT, END, MAX_SCAN, TIME
    public record Scan(
            long records, long bytes, long matched, boolean atEnd, String stoppedBecause, List<Range> partitions) {}

    /// Of one partition.
    ///
    /// @param fromOffset the first that was looked at
    /// @param nextOffset where it goes on
    /// @param endOffset behind the last one that consumers could see
    public record Range(int partition, long fromOffset, long nextOffset, long endOffset) {}
}
