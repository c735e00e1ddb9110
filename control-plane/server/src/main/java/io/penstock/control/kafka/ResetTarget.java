// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import java.time.Instant;
import java.util.Optional;

/// Where a consumer group shall go on.
public sealed interface ResetTarget {
    /// With the oldest record.
    record Earliest() implements ResetTarget {}

    /// With the next record that comes.
    record Latest() implements ResetTarget {}

    /// With the record of that offset.
    record Offset(long offset) implements ResetTarget {}

    /// With the first record that is not older.
    record Time(Instant at) implements ResetTarget {}

    /// So many records further, or back.
    record Shift(long by) implements ResetTarget {}

    /// Where another group is.
    record Group(String groupId) implements ResetTarget {}

    /// What is known of a partition.
    ///
    /// @param ofTime the offset that a time stands for; empty: all records are older
    /// @param ofGroup where the other group is; empty: nowhere
    record Bounds(
            Optional<Long> committed, long earliest, long latest, Optional<Long> ofTime, Optional<Long> ofGroup) {}

    /// The offset that it means in a partition, never outside of what can be read; empty if there is none.
    default Optional<Long> in(Bounds bounds) {
        Optional<Long> wanted = switch (this) {
            case Earliest() -> Optional.of(bounds.earliest());
            case Latest() -> Optional.of(bounds.latest());
            case Offset(long offset) -> Optional.of(offset);
            case Time(Instant at) -> Optional.of(bounds.ofTime().orElse(bounds.latest()));
            case Shift(long by) -> bounds.committed().map(offset -> saturated(offset, by));
            case Group(String groupId) -> bounds.ofGroup();
        };
        return wanted.map(offset -> Math.clamp(offset, bounds.earliest(), bounds.latest()));
    }

    private static long saturated(long offset, long by) {
        return by > 0 && offset > Long.MAX_VALUE - by ? Long.MAX_VALUE : offset + by;
    }
}
