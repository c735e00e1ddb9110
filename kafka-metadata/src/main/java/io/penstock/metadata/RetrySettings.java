// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.time.Duration;

/// How the bucket is asked again after it did not answer.
///
/// @param first pause after the first failure; doubles with each
/// @param longest pauses grow no longer than this
public record RetrySettings(Duration first, Duration longest) {
    public static RetrySettings defaults() {
        // The first pause is about one PUT; the last one is what a person waits without doubting.
        return new RetrySettings(Duration.ofMillis(50), Duration.ofSeconds(2));
    }

    /// @param failures 1 after the first
    Duration pauseAfter(int failures) {
        Duration pause = first.multipliedBy(1L << Math.min(20, failures - 1));
        return pause.compareTo(longest) < 0 ? pause : longest;
    }
}
