// SPDX-License-Identifier: Apache-2.0
package io.penstock.api;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/// What an object store and its network cost; whoever pays the bill edits it.
///
/// @param currency ISO 4217
/// @param put of 1,000 requests that write
/// @param get of 1,000 requests that read
/// @param list of 1,000 listings
/// @param delete of 1,000 requests that delete
/// @param written of a GiB into the store
/// @param read of a GiB out of it
/// @param received of a GiB from producers
/// @param sent of a GiB to consumers
public record Prices(
        @Nullable String currency,
        @Nullable BigDecimal put,
        @Nullable BigDecimal get,
        @Nullable BigDecimal list,
        @Nullable BigDecimal delete,
        @Nullable BigDecimal written,
        @Nullable BigDecimal read,
        @Nullable BigDecimal received,
        @Nullable BigDecimal sent) {}
