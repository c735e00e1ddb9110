// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A record of a topic.
///
/// @param key null: there is none
/// @param value null: a tombstone
public record TopicRecord(
        int partition,
        long offset,
        Instant timestamp,
        String timestampType,
        @Nullable Data key,
        @Nullable Data value,
        List<Header> headers,
        int sizeBytes) {
    /// Bytes as text.
    ///
    /// @param encoding UTF8, or BASE64 for what is no text
    /// @param truncated whether there is more of it than is shown
    public record Data(String data, String encoding, boolean truncated) {}

    /// A header; keys may repeat.
    public record Header(String key, @Nullable Data value) {}
}
