// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import static java.util.stream.Collectors.groupingBy;

import io.penstock.benchmarks.endtoend.Figures;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/// What was measured; the same for people and, as JSON, for programs.
///
/// @param hot_paths per benchmark, in its own unit
/// @param end_to_end one per round, system and client
/// @param ratios Penstock's median figures divided by Apache Kafka's: per client, and without a client's name the
///     worst of them, which is the lowest of throughput and the highest of CPU time. Empty where a system was left
///     out.
record BenchReport(
        String suite, int cores, List<HotPath> hot_paths, List<Figures> end_to_end, Map<String, Double> ratios) {
    private static final String OURS = "penstock";
    private static final String HEADER = "%-10s %-8s %10s %14s %14s %11s %11s%n"
            .formatted("", "client", "MiB/s in", "MiB/s through", "CPU s per GiB", "ack p50 ms", "ack p99 ms");

    /// @param error half of the 99.9% confidence interval; empty where there are too few samples
    record HotPath(String benchmark, double score, Optional<Double> error, String unit) {}

    static BenchReport of(String suite, List<HotPath> hotPaths, List<Figures> endToEnd) {
        Map<String, Double> ratios = new TreeMap<>();
        for (String peer : List.of("kafka-rf3", "kafka-rf1")) {
            String name = "vs_" + peer.replace('-', '_');
            endToEnd.stream().collect(groupingBy(Figures::client)).forEach((client, figures) -> {
                if (has(figures, OURS) && has(figures, peer)) {
                    double throughput = ratio(figures, peer, Figures::produce_mib_per_second);
                    double cpu = ratio(figures, peer, Figures::cpu_seconds_per_gib);
                    ratios.put("throughput_" + name + "_" + client, throughput);
                    ratios.put("cpu_per_gib_" + name + "_" + client, cpu);
                    ratios.merge("throughput_" + name, throughput, Math::min);
                    ratios.merge("cpu_per_gib_" + name, cpu, Math::max);
                }
            });
        }
        return new BenchReport(suite, Runtime.getRuntime().availableProcessors(), hotPaths, endToEnd, ratios);
    }

    private static boolean has(List<Figures> figures, String service) {
        return figures.stream().anyMatch(one -> one.service().equals(service));
    }

    private static double ratio(List<Figures> figures, String peer, ToDoubleFunction<Figures> figure) {
        return Math.round(median(figures, OURS, figure) / median(figures, peer, figure) * 100) / 100.0;
    }

    private static double median(List<Figures> figures, String service, ToDoubleFunction<Figures> figure) {
        double[] sorted = figures.stream()
                .filter(one -> one.service().equals(service))
                .mapToDouble(figure)
                .sorted()
                .toArray();
        return sorted[sorted.length / 2];
    }

    static String line(Figures figures) {
        return "%-10s %-8s %10.1f %14.1f %14.1f %11.1f %11.1f%n"
                .formatted(
                        figures.service(),
                        figures.client(),
                        figures.produce_mib_per_second(),
                        figures.end_to_end_mib_per_second(),
                        figures.cpu_seconds_per_gib(),
                        figures.ack_p50_ms(),
                        figures.ack_p99_ms());
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
        text.append(System.lineSeparator()).append(HEADER);
        end_to_end.forEach(figures -> text.append(line(figures)));
        ratios.forEach((name, ratio) -> text.append("%-36s %6.2f%n".formatted(name, ratio)));
        return text.toString();
    }
}
