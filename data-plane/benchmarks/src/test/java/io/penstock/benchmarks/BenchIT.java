// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
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
    void theSmokeSuiteSendsAndReadsEverythingOnBothServicesAndTimesEveryHotPath() throws Exception {
        assumeTrue(Boolean.getBoolean("penstock.all"), "one of the large sizes: ./penstock test --all");
        Path json = folder.resolve("bench.json");
        Path output = folder.resolve("output.txt");

        Process bench = new ProcessBuilder(
                        Path.of("..", "..", "penstock")
                                .toAbsolutePath()
                                .normalize()
                                .toString(),
                        "bench",
                        "--suite",
                        "smoke",
                        "--seconds",
                        "1",
                        "--json",
                        json.toString())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        boolean ended = bench.waitFor(10, TimeUnit.MINUTES);
        bench.destroyForcibly();

        assertThat(ended).isTrue();
        assertThat(bench.waitFor()).as(Files.readString(output)).isZero();
        JsonNode report = JsonMapper.builder().build().readTree(Files.readString(json));
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
}
