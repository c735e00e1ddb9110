// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.FollowerSettings;
import io.penstock.metadata.RetrySettings;
import io.penstock.metadata.SnapshotSettings;
import java.time.Duration;

/// The metalog's numbers.
///
/// @param retries how a bucket is asked again that did not answer
/// @param following how an image is read from the bucket
/// @param appliedPatience how long a caller waits for connected brokers to apply its entry
/// @param loadPatience how long a caller waits for an image to be read from the bucket
/// @param snapshots when a cluster's metalog gets a new snapshot
/// @param stumble pause before a publication that failed inside this process or in the database is tried again
public record MetalogSettings(
        RetrySettings retries,
        FollowerSettings following,
        Duration appliedPatience,
        Duration loadPatience,
        SnapshotSettings snapshots,
        Duration stumble) {

    public static MetalogSettings defaults() {
        return new MetalogSettings(
                RetrySettings.defaults(),
                FollowerSettings.defaults(),
                Duration.ofSeconds(1), // dead brokers must not hold up the living
                Duration.ofSeconds(30),
                SnapshotSettings.defaults(),
                Duration.ofMillis(500));
    }
}
