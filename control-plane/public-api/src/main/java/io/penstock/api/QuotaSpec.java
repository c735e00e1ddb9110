// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// What some clients of a cluster may use of each of its brokers; beyond it they are asked to pause. What is
/// null is not limited.
///
/// @param entity whom it is for; never changes
/// @param produceBytesPerS bytes of produce requests
/// @param fetchBytesPerS bytes of fetched batches
/// @param requestPercent time on a broker's threads: 100 is one thread all the time
/// @param controllerMutationsPerS partitions made or deleted
/// @param connectionsPerS new connections; for addresses only, and the only limit that they have
public record QuotaSpec(
        @Nullable QuotaEntity entity,
        @Nullable Long produceBytesPerS,
        @Nullable Long fetchBytesPerS,
        @Nullable Double requestPercent,
        @Nullable Double controllerMutationsPerS,
        @Nullable Integer connectionsPerS) {}
