// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

/// What reading of old records may take.
///
/// @param blockCacheBytes blocks of WAL objects and segments kept in memory
record ReadSettings(long blockCacheBytes) {
    static ReadSettings defaults() {
        return new ReadSettings(
                64L << 20 // several catch-up readers' stretches, beside the tail cache that serves everybody else
                );
    }
}
