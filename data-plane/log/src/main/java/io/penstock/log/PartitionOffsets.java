// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import io.penstock.objectstore.layout.LeaderEpoch;

/// Where a partition stands, at one instant.
///
/// @param logEndOffset offset the next record will get; beyond the high watermark nothing may be shown to clients
public record PartitionOffsets(
        LeaderEpoch epoch, long logStartOffset, long lastStableOffset, long highWatermark, long logEndOffset) {}
