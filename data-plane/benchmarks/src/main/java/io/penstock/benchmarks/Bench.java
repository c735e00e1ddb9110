// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import io.penstock.benchmarks.coldread.ColdRead;
import io.penstock.benchmarks.coldread.ColdReadReport;
import io.penstock.benchmarks.endtoend.ApacheKafka;
import io.penstock.benchmarks.endtoend.Client;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
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
        /// A few minutes: that it runs, and the order of magnitude.
        SMOKE(1, 1, 1, new LoadSettings(Duration.ofSeconds(12), Duration.ofSeconds(8), 3, 1000, 200)),
        FULL(3, 5, 3, new LoadSettings(Duration.ofSeconds(20), Duration.ofSeconds(20), 3, 4000, 200));

        final int forks;
        final int iterations;
        final int rounds;
        final LoadSettings load;

        Suite(int forks, int iterations, int rounds, LoadSettings load) {
            this.forks = forks;
            this.iterations = iterations;
            this.rounds = rounds;
            this.load = load;
        }
    }

    private static final String COLD_READ = "cold-read";

    @Option(
            names = "--suite",
            defaultValue = "smoke",
            description = "smoke, full, or cold-read: how fast a consumer gets through what nobody has in memory,"
                    + " beside raw GETs of the same store (default: ${DEFAULT-VALUE}).")
    private String suite = "";

    @Option(names = "--gib", paramLabel = "N", defaultValue = "5", description = "Of cold-read: the topic's size.")
    private double gib;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Of cold-read: readings.")
    private int rounds;

    @Option(
            names = "--bucket",
            paramLabel = "URI",
            description = "Penstock's records live there instead of in a new folder.")
    private @Nullable String bucket;

    @Option(names = "--json", paramLabel = "FILE", description = "Also writes the report there.")
    private @Nullable Path json;

    @Option(names = "--seconds", paramLabel = "N", description = "Of each run, instead of the suite's own.")
    private @Nullable Integer seconds;

    @Option(
            names = "--hot-paths",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Whether the log's hot paths are measured, too.")
    private boolean hotPaths;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            defaultValue = "penstock,kafka-rf3",
            split = ",",
            description = "Of penstock, kafka-rf3, kafka-rf1 (default: ${DEFAULT-VALUE}).")
    private List<String> systems = List.of();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--launcher", hidden = true, required = true)
    private Path launcher = Path.of("");

    private Bench() {}

    /// Exit code 0 if everything that was acknowledged was read, 64 for bad arguments, 1 otherwise.
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        if (suite.equals(COLD_READ)) {
            return coldRead();
        }
        Suite chosen = suite();
        LoadSettings load = seconds == null ? chosen.load : chosen.load.withRunsOf(Duration.ofSeconds(seconds));
        System.out.println("bench: %s, runs of %d s; other work on this machine spoils the figures"
                .formatted(chosen.name().toLowerCase(Locale.ROOT), load.run().toSeconds()));
        List<BenchReport.HotPath> paths = hotPaths ? HotPaths.run(chosen.forks, chosen.iterations) : List.of();
        List<Figures> endToEnd = new ArrayList<>();
        for (int round = 0; round < chosen.rounds; round++) {
            for (String system : systems) {
                endToEnd.addAll(measure(system, load));
            }
        }
        BenchReport report = BenchReport.of(chosen.name(), paths, endToEnd);
        System.out.println(report.text());
        write(report);
        return endToEnd.stream().allMatch(Figures::whole) ? 0 : 1;
    }

    /// Alone on the machine, from its start to its end.
    private List<Figures> measure(String system, LoadSettings load) throws Exception {
        List<Figures> figures = new ArrayList<>();
        Path folder = Files.createTempDirectory("penstock-bench");
        try (Service service = start(system, folder.resolve(system))) {
            for (Client client : Client.values()) {
                figures.add(new Load(load, service, client).run());
                System.out.print(BenchReport.line(figures.getLast()));
            }
        } finally {
            delete(folder);
        }
        return figures;
    }

    private Service start(String system, Path folder) throws Exception {
        String classPath = System.getProperty("java.class.path", "");
        return switch (system) {
            case "penstock" -> penstock(folder);
            case "kafka-rf3" -> new ApacheKafka(classPath, folder, sixFreePorts(), 3);
            case "kafka-rf1" -> new ApacheKafka(classPath, folder, sixFreePorts(), 1);
            default ->
                throw new CommandLine.ParameterException(
                        spec.commandLine(), "there is no system " + system + ": penstock, kafka-rf3, kafka-rf1");
        };
    }

    private Suite suite() {
        for (Suite one : Suite.values()) {
            if (one.name().equalsIgnoreCase(suite)) {
                return one;
            }
        }
        throw new CommandLine.ParameterException(
                spec.commandLine(), "there is no suite " + suite + ": smoke, full, " + COLD_READ);
    }

    private LaunchedPenstock penstock(Path folder) throws IOException, InterruptedException {
        return new LaunchedPenstock(launcher, folder, freePort(), sixFreePorts(), Optional.ofNullable(bucket));
    }

    private int coldRead() throws Exception {
        Path folder = Files.createTempDirectory("penstock-bench");
        try (LaunchedPenstock penstock = penstock(folder.resolve("penstock"))) {
            ColdReadReport report = new ColdRead(penstock, gib, rounds, System.out::println).run();
            System.out.print(report.text());
            write(report);
            return 0;
        } finally {
            delete(folder);
        }
    }

    private void write(Object report) throws IOException {
        if (json != null) {
            Files.writeString(
                    json,
                    JsonMapper.builder()
                            .build()
                            .writerWithDefaultPrettyPrinter()
                            .writeValueAsString(report));
        }
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
