// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

/// Counts latencies in steps of about 3 %, in the memory of a few kilobytes.
final class Latencies {
    private static final double STEP = Math.log(1.03);
    private static final int STEPS = 512;

    private long[] counts = new long[STEPS];

    /// @param count how many there were
    record Summary(long count, long p50Millis, long p99Millis) {}

    synchronized void add(long nanos) {
        double micros = Math.max(1, nanos / 1_000.0);
        counts[Math.min(STEPS - 1, (int) (Math.log(micros) / STEP))]++;
    }

    /// What was added since the last call.
    synchronized Summary take() {
        long[] taken = counts;
        counts = new long[STEPS];
        long all = 0;
        for (long count : taken) {
            all += count;
        }
        return new Summary(all, millis(taken, all, 0.5), millis(taken, all, 0.99));
    }

    private static long millis(long[] taken, long all, double share) {
        long left = (long) Math.ceil(all * share);
        for (int step = 0; step < STEPS; step++) {
            left -= taken[step];
            if (left <= 0 && all > 0) {
                return Math.round(Math.exp((step + 1) * STEP) / 1_000);
            }
        }
        return 0;
    }
}
