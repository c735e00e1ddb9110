// SPDX-License-Identifier: Apache-2.0
/// Consolidation: what WALs hold for a shard becomes segments, so that tails stay short.
@NullMarked
package io.penstock.log.segment;

import org.jspecify.annotations.NullMarked;
