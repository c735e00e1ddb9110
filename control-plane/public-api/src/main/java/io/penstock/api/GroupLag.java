// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// How far a consumer group is behind.
///
/// @param lagRecords over all partitions
/// @param lagSeconds of the partition that is furthest behind; null if that could not be found out in time
public record GroupLag(
        String apiVersion,
        String kind,
        String groupId,
        long lagRecords,
        @Nullable Double lagSeconds,
        List<Partition> partitions) {
    /// One partition that the group has committed an offset for.
    ///
    /// @param committedOffset the first record that is not consumed
    /// @param endOffset behind the last record that consumers can see
    /// @param lagSeconds age of the first record that is not consumed; 0 if there is none, null if it could
    ///     not be read
    /// @param memberId who reads it now
    public record Partition(
            String topic,
            int partition,
            long committedOffset,
            long endOffset,
            long lagRecords,
            @Nullable Double lagSeconds,
            @Nullable String memberId) {}
}
