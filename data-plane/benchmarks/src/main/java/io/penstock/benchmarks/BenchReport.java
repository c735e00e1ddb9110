// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import io.penstock.benchmarks.endtoend.Figures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// What was measured; the same for people and, as JSON, for programs.
///
/// @param hot_paths per benchmark, in its own unit
/// @param ratios Penstock's figures divided by Apache Kafka's
record BenchReport(
        String suite, int cores, List<HotPath> hot_paths, List<Figures> end_to_end, Map<String, Double> ratios) {

    /// @param error half of the 99.9% confidence interval; empty where there are too few samples
    record HotPath(String benchmark, double score, Optional<Double> error, String unit) {}

    static BenchReport of(String suite, List<HotPath> hotPaths, List<Figures> endToEnd) {
        Map<String, Double> ratios = new TreeMap<>();
        if (endToEnd.size() == 2) {
            Figures penstock = endToEnd.getFirst();
            Figures kafka = endToEnd.getLast();
            ratios.put("produce_throughput", ratio(penstock, kafka, Figures::produce_mib_per_second));
            ratios.put("end_to_end_throughput", ratio(penstock, kafka, Figures::end_to_end_mib_per_second));
            ratios.put("cpu_seconds_per_gib", ratio(penstock, kafka, Figures::cpu_seconds_per_gib));
        }
        return new BenchReport(suite, Runtime.getRuntime().availableProcessors(), hotPaths, endToEnd, ratios);
    }

    private static double ratio(Figures one, Figures other, ToDoubleFunction<Figures> figure) {
        return Math.round(figure.applyAsDouble(one) / figure.applyAsDouble(other) * 100) / 100.0;
    }

    String text() {
        StringBuilder text = new StringBuilder();
        for (HotPath path : hot_paths) {
            text.append("%-36s %12.3f %s%s%n"
                    .formatted(
                            path.benchmark(),
                            path.score(),
                            path.unit(),
                            path.error().map("  ± %.3f"::formatted).orElse("")));
        }
        if (!end_to_end.isEmpty()) {
            text.append("%n%-14s %12s %12s %14s %14s %10s %10s%n"
                    .formatted(
                            "", "records", "MiB/s in", "MiB/s through", "CPU s per GiB", "ack p50 ms", "ack p99 ms"));
        }
        for (Figures figures : end_to_end) {
            text.append("%-14s %,12d %12.1f %14.1f %14.1f %10.1f %10.1f%n"
                    .formatted(
                            figures.service(),
                            figures.consumed(),
                            figures.produce_mib_per_second(),
                            figures.end_to_end_mib_per_second(),
                            figures.cpu_seconds_per_gib(),
                            figures.ack_p50_ms(),
                            figures.ack_p99_ms()));
        }
        if (!ratios.isEmpty()) {
            text.append("penstock / apache-kafka: %s%n".formatted(ratios));
        }
        return text.toString();
    }
}
