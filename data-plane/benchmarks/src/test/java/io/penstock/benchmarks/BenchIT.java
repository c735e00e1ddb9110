// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// That the benchmark runs and counts right; how fast anything is, is nobody's to assert.
class BenchIT {
    @TempDir
    Path folder = Path.of("");

    @Test
    void coldReadingIsMeasuredBesideTheStoreAloneAndTheRecordsThatAreProducedMeanwhile() throws Exception {
        assumeTrue(Boolean.getBoolean("penstock.all"), "one of the large sizes: ./penstock test --all");

        JsonNode report = bench("--suite", "cold-read", "--gib", "0.05", "--rounds", "1");

        assertThat(report.path("segments").asInt()).isPositive();
        assertThat(report.path("before").path("records").asInt()).isEqualTo(3000);
        assertThat(report.path("before").path("failed").asInt()).isZero();
        assertThat(report.path("rounds").valueStream()).singleElement().satisfies(round -> {
            assertThat(round.path("raw_mib_per_second").asDouble()).isPositive();
            assertThat(round.path("cold_mib_per_second").asDouble()).isPositive();
            assertThat(round.path("beside_raw").path("failed").asInt()).isZero();
            assertThat(round.path("beside_cold").path("records").asInt()).isPositive();
            assertThat(round.path("beside_cold").path("failed").asInt()).isZero();
        });
    }

    @Test
    void theSmokeSuiteSendsAndReadsEverythingOnBothServicesAndTimesEveryHotPath() throws Exception {
        assumeTrue(Boolean.getBoolean("penstock.all"), "one of the large sizes: ./penstock test --all");

        JsonNode report = bench("--suite", "smoke", "--seconds", "1");

        assertThat(report.path("hot_paths")
                        .valueStream()
                        .map(path -> path.path("benchmark").asString()))
                .containsExactlyInAnyOrder(
                        "Appending.appendAndAcknowledge",
                        "BatchHeaders.parse",
                        "SlotBuilding.fillAndFreeze",
                        "TailFetching.fetch");
        assertThat(report.path("end_to_end")
                        .valueStream()
                        .map(figures -> figures.path("service").asString() + " "
                                + figures.path("client").asString()))
                .containsExactly("penstock default", "penstock kind", "kafka-rf3 default", "kafka-rf3 kind");
        assertThat(report.path("end_to_end")
                        .valueStream()
                        .flatMap(figures -> figures.path("runs").valueStream()))
                .hasSize(12)
                .allSatisfy(run -> assertThat(run.path("consumed").asLong())
                        .isPositive()
                        .isEqualTo(run.path("produced").asLong()));
        assertThat(report.path("ratios").propertyNames())
                .contains("throughput_vs_kafka_rf3", "cpu_per_gib_vs_kafka_rf3");
    }

    private JsonNode bench(String... arguments) throws Exception {
        Path json = folder.resolve("bench.json");
        Path output = folder.resolve("output.txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of("..", "..", "penstock").toAbsolutePath().normalize().toString(),
                "bench",
                "--json",
                json.toString()));
        command.addAll(List.of(arguments));
        Process bench = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        boolean ended = bench.waitFor(10, TimeUnit.MINUTES);
        bench.destroyForcibly();
        assertThat(ended).isTrue();
        assertThat(bench.waitFor()).as(Files.readString(output)).isZero();
        return JsonMapper.builder().build().readTree(Files.readString(json));
    }
}
