// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Records to be written.
public record NewRecords(@Nullable List<NewRecord> records) {
    /// One of them.
    ///
    /// @param partition null: as Kafka's producers choose, by the key
    /// @param timestamp null: now
    public record NewRecord(
            @Nullable Integer partition,
            @Nullable Text key,
            @Nullable Text value,
            @Nullable List<NewHeader> headers,
            @Nullable Instant timestamp) {}

    /// Bytes as text.
    ///
    /// @param encoding UTF8 (as if absent) or BASE64
    public record Text(@Nullable String data, @Nullable String encoding) {}

    /// A header.
    public record NewHeader(@Nullable String key, @Nullable Text value) {}

    /// Where they are now.
    public record Written(String apiVersion, String kind, boolean dryRun, List<Place> records) {}

    /// Where one is; the offset is -1 in a dry run.
    public record Place(int partition, long offset, Instant timestamp) {}
}
