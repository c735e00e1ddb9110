// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import org.jspecify.annotations.Nullable;

/// One thing that a request would change, as a dry run tells it.
///
/// @param pointer JSON pointer into the resource; empty: the resource itself
/// @param from what is there now; null: nothing
/// @param to what would be there; null: nothing
/// @param requiresRestart whether it takes effect only where a broker starts to serve the cluster anew
/// @param destructive whether something is lost that cannot be had back by changing it back
public record Change(
        String pointer, @Nullable Object from, @Nullable Object to, boolean requiresRestart, boolean destructive) {}
