// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.kafka;

import java.time.Instant;
import java.util.Map;

/// Where a look at records begins.
public sealed interface ScanStart {
    /// With the oldest.
    record Earliest() implements ScanStart {}

    /// So that the newest are seen, and nothing before them.
    record Latest() implements ScanStart {}

    /// With that offset in every partition that is looked at.
    record Offset(long offset) implements ScanStart {}

    /// With the first that is not older.
    record Time(Instant at) implements ScanStart {}

    /// Where an earlier look ended.
    record Continued(Map<Integer, Long> offsets) implements ScanStart {}
}
