// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.time.Duration;

/// The follower's numbers.
///
/// @param pollAfter how long a broken stream may stay broken before the bucket is asked
/// @param pollInterval how often it is asked then
/// @param readAhead entries read in parallel while catching up
public record FollowerSettings(Duration pollAfter, Duration pollInterval, int readAhead, RetrySettings retries) {
    public FollowerSettings {
        if (readAhead < 1) {
            throw new IllegalArgumentException("read-ahead is 1 or more, not " + readAhead);
        }
    }

    public static FollowerSettings defaults() {
        return new FollowerSettings(
                Duration.ofSeconds(2), // R12
                Duration.ofSeconds(1),
                16, // a thousand entries in about 2 s at 35 ms each
                RetrySettings.defaults());
    }
}
