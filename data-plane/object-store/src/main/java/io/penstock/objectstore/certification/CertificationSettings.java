// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

/// @param rounds how often each race is run
/// @param writers how many puts race in a round
/// @param visibilityRounds how often a write is looked for from another connection
/// @param largeBytes size of the object that ranges are read from
public record CertificationSettings(int rounds, int writers, int visibilityRounds, int largeBytes) {
    public CertificationSettings {
        if (rounds < 1 || writers < 2 || visibilityRounds < 1 || largeBytes < 100) {
            throw new IllegalArgumentException(
                    "a certification needs 1 round, 2 writers, 1 visibility round and 100 bytes at least");
        }
    }

    /// 40 rounds of 16 writers: stores that check and then write show two winners within the first few. A mebibyte:
    /// the size of a usual WAL object.
    public static CertificationSettings defaults() {
        return new CertificationSettings(40, 16, 20, 1 << 20);
    }
}
