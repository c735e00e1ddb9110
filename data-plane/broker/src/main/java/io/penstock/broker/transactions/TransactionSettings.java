// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import java.time.Duration;

/// @param longestTimeout that a producer may ask for, as Kafka's `transaction.max.timeout.ms`
/// @param expiration after which an id that nobody uses is forgotten, as `transactional.id.expiration.ms`
/// @param check how often time-outs are looked for
/// @param expirationCheck how often expired ids are looked for
/// @param patience how long a request waits for the step before it, before it is told to come again
/// @param again after which an append or a marker that failed is tried again
public record TransactionSettings(
        Duration longestTimeout,
        Duration expiration,
        Duration check,
        Duration expirationCheck,
        Duration patience,
        Duration again) {
    public static TransactionSettings defaults() {
        return new TransactionSettings(
                Duration.ofMinutes(15),
                Duration.ofDays(7),
                // An open transaction holds back all readers of committed records: a second is enough.
                Duration.ofSeconds(1),
                Duration.ofHours(1),
                Duration.ofSeconds(1),
                Duration.ofMillis(100));
    }
}
