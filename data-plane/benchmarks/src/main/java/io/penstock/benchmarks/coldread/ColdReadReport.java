// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import io.penstock.benchmarks.endtoend.PacedProducer.Waits;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/// What cold reading costs, and whom.
///
/// @param write_mib_per_second how fast the topic was written
/// @param segments what the bucket had then
/// @param dropped_from_memory whether the operating system was made to forget the segments before each reading
/// @param before single records at a slow pace, while nobody reads
/// @param share_of_raw the median of the rounds
/// @param tail_p99_ratio acknowledgements' p99 beside the consumer, by that of [#before]; the median of the rounds
/// @param tail_p99_ratio_beside_raw the same beside the raw reading: what the machine itself makes of it
public record ColdReadReport(
        double gib,
        double write_mib_per_second,
        int segments,
        boolean dropped_from_memory,
        Waits before,
        List<Round> rounds,
        double share_of_raw,
        double tail_p99_ratio,
        double tail_p99_ratio_beside_raw) {

    /// @param raw_mib_per_second of the store alone
    /// @param cold_mib_per_second of the consumer
    /// @param cpu_seconds_per_gib of all processes of the service while the consumer read
    public record Round(
            double raw_mib_per_second,
            Waits beside_raw,
            double cold_mib_per_second,
            Waits beside_cold,
            double cpu_seconds_per_gib) {}

    static ColdReadReport of(
            double gib, double written, int segments, boolean dropped, Waits before, List<Round> rounds) {
        return new ColdReadReport(
                gib,
                written,
                segments,
                dropped,
                before,
                rounds,
                median(rounds, round -> round.cold_mib_per_second / round.raw_mib_per_second),
                median(rounds, round -> round.beside_cold.p99_ms() / before.p99_ms()),
                median(rounds, round -> round.beside_raw.p99_ms() / before.p99_ms()));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> figure) {
        double middle = rounds.stream()
                .sorted(Comparator.comparingDouble(figure))
                .mapToDouble(figure)
                .skip(rounds.size() / 2)
                .findFirst()
                .orElseThrow();
        return Math.round(middle * 100) / 100.0;
    }

    /// For people.
    public String text() {
        StringBuilder text = new StringBuilder("%.1f GiB written at %.1f MiB/s; %d segments%s%n"
                .formatted(
                        gib,
                        write_mib_per_second,
                        segments,
                        dropped_from_memory ? ", dropped from memory before each reading" : ""));
        text.append("%-22s %10s %18s %14s %14s%n".formatted("", "MiB/s", "CPU s per GiB", "ack p50 ms", "ack p99 ms"));
        text.append(
                "%-22s %10s %18s %14.1f %14.1f%n".formatted("nobody reads", "", "", before.p50_ms(), before.p99_ms()));
        for (Round round : rounds) {
            text.append("%-22s %10.1f %18s %14.1f %14.1f%n"
                    .formatted(
                            "raw GETs",
                            round.raw_mib_per_second,
                            "",
                            round.beside_raw.p50_ms(),
                            round.beside_raw.p99_ms()));
            text.append("%-22s %10.1f %18.1f %14.1f %14.1f%n"
                    .formatted(
                            "consumer",
                            round.cold_mib_per_second,
                            round.cpu_seconds_per_gib,
                            round.beside_cold.p50_ms(),
                            round.beside_cold.p99_ms()));
        }
        return text.append("share of raw %.2f; ack p99 beside the consumer %.2f×, beside raw GETs %.2f×%n"
                        .formatted(share_of_raw, tail_p99_ratio, tail_p99_ratio_beside_raw))
                .toString();
    }
}
