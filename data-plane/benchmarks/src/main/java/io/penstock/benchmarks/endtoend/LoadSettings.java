// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.time.Duration;

/// What a service is measured with: 12 partitions, records of 1 KiB.
///
/// @param warmUp how long the producer runs before anything is measured: the services compile their code meanwhile
/// @param run how long the producer sends as fast as it can, in each run
/// @param runs measured one after the other; the median counts
/// @param pacedRecords sent one by one at [#pacedPerSecond], to learn how long one waits for its acknowledgement
public record LoadSettings(Duration warmUp, Duration run, int runs, int pacedRecords, int pacedPerSecond) {
    public static final int PARTITIONS = 12;
    public static final int RECORD_BYTES = 1024;

    public LoadSettings withRunsOf(Duration duration) {
        return new LoadSettings(warmUp, duration, runs, pacedRecords, pacedPerSecond);
    }

    public static double mebibytes(long records) {
        return records * (double) RECORD_BYTES / (1 << 20);
    }
}
