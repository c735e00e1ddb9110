// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

/// What reading of old records may take, per cluster.
///
/// @param blockCacheBytes blocks of WAL objects and segments kept in memory
/// @param catchUpBytesUnderWay what may be asked of the store at once
record ReadSettings(long blockCacheBytes, long catchUpBytesUnderWay) {
    static ReadSettings defaults() {
        return new ReadSettings(
                64L << 20, // several catch-up readers' stretches, beside the tail cache that serves everybody else
                24L << 20 // three of the largest requests: enough to fill a connection's bandwidth
                );
    }
}
