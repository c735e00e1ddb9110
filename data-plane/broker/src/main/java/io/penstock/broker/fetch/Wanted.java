// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import org.apache.kafka.common.message.FetchRequestData.FetchPartition;

/// What is wanted of one partition.
///
/// @param knownLeaderEpoch as the consumer knows it; −1 if it does not say
record Wanted(FetchKey key, long offset, int maxBytes, int knownLeaderEpoch) {
    static Wanted of(FetchKey key, FetchPartition asked) {
        return new Wanted(key, asked.fetchOffset(), asked.partitionMaxBytes(), asked.currentLeaderEpoch());
    }
}
