// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

/// What one service did with the load.
///
/// @param produced records that were acknowledged
/// @param consumed records that the reader saw
/// @param produce_mib_per_second until the last acknowledgement
/// @param end_to_end_mib_per_second until the reader had the last record
/// @param cpu_seconds_per_gib CPU time of all processes of the service, produced and read once
/// @param ack_p50_ms of single records at a slow pace
public record Figures(
        String service,
        long produced,
        long consumed,
        double produce_mib_per_second,
        double end_to_end_mib_per_second,
        double cpu_seconds_per_gib,
        double ack_p50_ms,
        double ack_p99_ms) {}
