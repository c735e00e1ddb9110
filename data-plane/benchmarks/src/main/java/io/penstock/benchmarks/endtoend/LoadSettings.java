// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

/// What a service is measured with.
///
/// @param warmUpRecords sent and read before anything is measured
/// @param records sent as fast as the producer can, and read at the same time
/// @param pacedRecords sent one by one at [#pacedPerSecond], to learn how long one waits for its acknowledgement
public record LoadSettings(
        int partitions, int recordBytes, long warmUpRecords, long records, int pacedRecords, int pacedPerSecond) {
    private static final int KIB = 1024;

    /// @param records of 1 KiB each
    public static LoadSettings of(long records) {
        return new LoadSettings(12, KIB, records / 4, records, (int) Math.min(records / 4, 2000), 200);
    }

    double gibibytes() {
        return records * (double) recordBytes / (1 << 30);
    }
}
