// SPDX-License-Identifier: Apache-2.0
package io.penstock.spec;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.spec.Configuration.Expectation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// The protocol holds in every state of the fixed configurations, and every naive one is found out. Each runs in a JVM
/// of its own: TLC keeps its state in statics.
@Execution(ExecutionMode.CONCURRENT)
class ModelsTest {
    private static final Path FOLDER = Path.of("").toAbsolutePath();
    /// Beyond it a configuration belongs to the large sizes, `-Dpenstock.all`.
    private static final long SMALL = 67_000;

    @TempDir
    private Path scratch = Path.of("");

    static List<Configuration> configurations() throws IOException {
        boolean all = Boolean.getBoolean("penstock.all");
        return Configuration.in(FOLDER).stream()
                .filter(configuration -> all || small(configuration.expectation()))
                .toList();
    }

    private static boolean small(Expectation expectation) {
        return switch (expectation) {
            case Expectation.Holds holds -> holds.states() <= SMALL;
            case Expectation.Breaks breaks -> true;
        };
    }

    @ParameterizedTest
    @MethodSource("configurations")
    void aConfigurationEndsAsItSays(Configuration configuration) throws Exception {
        String output = checked(configuration);

        switch (configuration.expectation()) {
            case Expectation.Holds holds ->
                assertThat(output)
                        .contains(
                                "No error has been found",
                                " " + holds.states() + " distinct states found, 0 states left");
            case Expectation.Breaks breaks ->
                assertThat(output).contains("Invariant " + breaks.invariant() + " is violated");
        }
    }

    @Test
    void everyModelHasAConfigurationThatHoldsAndOneThatBreaks() throws IOException {
        List<Configuration> configurations = Configuration.in(FOLDER);
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path model :
                    files.filter(file -> file.toString().endsWith(".tla")).toList()) {
                String name = model.getFileName().toString().replace(".tla", "");

                assertThat(configurations)
                        .filteredOn(configuration -> configuration.model().equals(name))
                        .anyMatch(configuration -> configuration.expectation() instanceof Expectation.Holds)
                        .anyMatch(configuration -> configuration.expectation() instanceof Expectation.Breaks);
            }
        }
    }

    private String checked(Configuration configuration) throws IOException, InterruptedException {
        Path output = scratch.resolve("output");
        Process tlc = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=" + (small(configuration.expectation()) ? 1 : 4),
                        "-Xmx1g",
                        // Where TLC unpacks its own modules, under names that it shares with every other TLC.
                        "-Djava.io.tmpdir=" + scratch,
                        "-cp",
                        System.getProperty("java.class.path"),
                        "tlc2.TLC",
                        // One worker, so that the first broken invariant is always the same.
                        "-workers",
                        "1",
                        "-metadir",
                        scratch.resolve("states").toString(),
                        "-config",
                        configuration.file().toString(),
                        configuration.model())
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            tlc.waitFor();
        } finally {
            tlc.destroyForcibly();
        }
        return Files.readString(output);
    }
}
