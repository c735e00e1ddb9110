// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import java.time.Duration;

/// @param orphanGrace how long an object may lie here after nothing names it any more
/// @param pipelineDepth how many slots a living writer may have sent beyond the first that is missing
/// @param settled after so long nothing of the writers' traffic is on its way any more
/// @param passes how often what looks wrong is looked at again, because writers were at work meanwhile
/// @param pause between two passes
/// @param getsUnderWay objects asked for ahead
/// @param bytesUnderWay bytes of objects asked for ahead: what a check keeps in memory, beside one object
public record FsckSettings(
        Duration orphanGrace,
        int pipelineDepth,
        Duration settled,
        int passes,
        Duration pause,
        int getsUnderWay,
        long bytesUnderWay) {
    public FsckSettings {
        if (passes < 1 || getsUnderWay < 1) {
            throw new IllegalArgumentException("at least one pass and one get, not " + passes + ", " + getsUnderWay);
        }
    }

    /// Two hours of grace: twice what collectors wait. Five minutes are ten times what a slot may be stuck.
    public static FsckSettings defaults() {
        return new FsckSettings(Duration.ofHours(2), 64, Duration.ofMinutes(5), 4, Duration.ofSeconds(2), 8, 64L << 20);
    }
}
