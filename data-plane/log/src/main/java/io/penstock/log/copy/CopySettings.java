// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import java.time.Duration;

/// @param slotsAtOnce how many slots of one WAL are asked for together
/// @param bytesUnderWay of objects that were read and are not yet known to be stored in the copy
/// @param rounds how often all WALs are asked for their next slot in the hope that for once none has one
/// @param restarts how often the copy begins anew because the source collected what was to be copied
/// @param attempts of one request
/// @param pause before a request is repeated
public record CopySettings(
        int slotsAtOnce, long bytesUnderWay, int rounds, int restarts, int attempts, Duration pause) {

    public static CopySettings defaults() {
        return new CopySettings(
                8,
                48L << 20, // fits the heap of a command
                200, // a few seconds of round trips
                5, // the grace is an hour
                8,
                Duration.ofMillis(250));
    }
}
