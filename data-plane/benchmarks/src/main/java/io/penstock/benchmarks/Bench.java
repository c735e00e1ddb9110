// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import io.penstock.benchmarks.endtoend.ApacheKafka;
import io.penstock.benchmarks.endtoend.Figures;
import io.penstock.benchmarks.endtoend.LaunchedPenstock;
import io.penstock.benchmarks.endtoend.Load;
import io.penstock.benchmarks.endtoend.LoadSettings;
import io.penstock.benchmarks.endtoend.Service;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import tools.jackson.databind.json.JsonMapper;

/// What the launcher's `bench` runs.
@Command(
        name = "penstock bench",
        description = "Measures hot paths of the log, and a whole Penstock beside Apache Kafka with three replicas,"
                + " one after the other on this machine.",
        mixinStandardHelpOptions = true)
public final class Bench implements Callable<Integer> {
    /// How much is measured.
    enum Suite {
        /// A minute or two: that it runs, and the order of magnitude.
        SMOKE(1, 1, 100_000),
        FULL(3, 5, 2_000_000);

        final int forks;
        final int iterations;
        final long records;

        Suite(int forks, int iterations, long records) {
            this.forks = forks;
            this.iterations = iterations;
            this.records = records;
        }
    }

    @Option(names = "--suite", defaultValue = "smoke", description = "${COMPLETION-CANDIDATES} (default: smoke).")
    private Suite suite = Suite.SMOKE;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the report there.")
    private @Nullable Path json;

    @Option(names = "--records", paramLabel = "N", description = "Instead of the suite's own number of records.")
    private @Nullable Long records;

    @Option(
            names = "--hot-paths",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether the log's hot paths are measured, too.")
    private boolean hotPaths;

    @Option(names = "--launcher", hidden = true, required = true)
    private Path launcher = Path.of("");

    private Bench() {}

    /// Exit code 0 if everything that was sent was read, 64 for bad arguments, 1 otherwise.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        LoadSettings load = LoadSettings.of(records == null ? suite.records : records);
        System.out.println("bench: %s, %,d records of %d bytes; other work on this machine spoils the figures"
                .formatted(suite.name().toLowerCase(java.util.Locale.ROOT), load.records(), load.recordBytes()));
        List<BenchReport.HotPath> paths = hotPaths ? HotPaths.run(suite.forks, suite.iterations) : List.of();
        List<Figures> endToEnd = new ArrayList<>();
        Path folder = Files.createTempDirectory("penstock-bench");
        try {
            System.out.println("bench: penstock");
            int ports = sixFreePorts();
            try (Service penstock = new LaunchedPenstock(launcher, folder.resolve("penstock"), freePort(), ports)) {
                endToEnd.add(new Load(load, penstock).run());
            }
            System.out.println("bench: apache-kafka");
            try (Service kafka = new ApacheKafka(
                    System.getProperty("java.class.path", ""), folder.resolve("apache-kafka"), sixFreePorts())) {
                endToEnd.add(new Load(load, kafka).run());
            }
        } finally {
            delete(folder);
        }
        BenchReport report = BenchReport.of(suite.name(), paths, endToEnd);
        System.out.println(report.text());
        if (json != null) {
            Files.writeString(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(report));
        }
        boolean whole =
                endToEnd.stream().allMatch(one -> one.produced() == load.records() && one.consumed() == load.records());
        return whole ? 0 : 1;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /// The first of six in a row.
    private static int sixFreePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = freePort();
            try (Stream<Integer> all = Stream.iterate(first, port -> port + 1).limit(6)) {
                if (all.allMatch(Bench::isFree)) {
                    return first;
                }
            }
        }
        throw new IOException("no six free ports in a row");
    }

    private static boolean isFree(int port) {
        if (port > 65535) {
            return false;
        }
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static void delete(Path folder) throws IOException {
        List<Path> all;
        try (Stream<Path> walk = Files.walk(folder)) {
            all = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : all) {
            Files.deleteIfExists(path);
        }
    }
}
