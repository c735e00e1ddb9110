// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

/// The same drill twice: while a group reads a backlog from its beginning, and while nobody does.
///
/// @param backlog_read_mib what the group read meanwhile
record BacklogReport(
        double backlog_gib, long backlog_read_mib, DrillReport beside_backlog, DrillReport alone, boolean passed) {
    String text() {
        return """
            beside a group that read %,d MiB of a backlog of %.1f GiB:
            %s
            alone:
            %s
                                    %15s %15s
            longest produce gap, ms %15d %15d
            produce p99, ms         %15d %15d
            read by the group after, p99, ms %6d %15d
            """.formatted(
                        backlog_read_mib,
                        backlog_gib,
                        beside_backlog.text(),
                        alone.text(),
                        "beside backlog",
                        "alone",
                        beside_backlog.longest_produce_gap_ms(),
                        alone.longest_produce_gap_ms(),
                        beside_backlog.produce_p99_ms(),
                        alone.produce_p99_ms(),
                        beside_backlog.tail_p99_ms(),
                        alone.tail_p99_ms());
    }
}
