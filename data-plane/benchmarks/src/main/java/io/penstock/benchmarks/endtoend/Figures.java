// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.util.List;

/// What one service did with the load of one client.
///
/// @param client `default` or `kind`
/// @param produce_mib_per_second until the last acknowledgement; the median of the runs
/// @param end_to_end_mib_per_second until the reader had the last record; the median of the runs
/// @param cpu_seconds_per_gib CPU time of all processes of the service for all runs, produced and read once, with
///     what it put off until a few seconds later
/// @param ack_p50_ms of single records at a slow pace
public record Figures(
        String service,
        String client,
        List<Run> runs,
        double produce_mib_per_second,
        double end_to_end_mib_per_second,
        double cpu_seconds_per_gib,
        double ack_p50_ms,
        double ack_p99_ms) {

    /// @param produced records that were acknowledged
    /// @param consumed records that the reader saw
    public record Run(long produced, long consumed, double produce_mib_per_second, double end_to_end_mib_per_second) {}

    /// Whether every acknowledged record was read, and there were any.
    public boolean whole() {
        return runs.stream().allMatch(run -> run.produced() > 0 && run.produced() == run.consumed());
    }
}
