// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// A Penstock started as a person would, in a folder and on ports of its own, and stopped with the test.
final class RunningPenstock implements AutoCloseable {
    private static final long PATIENCE_SECONDS = 240;

    private final Path data;
    private final int httpPort = Ports.anyFree();
    private final int kafkaPort = freeBlock();

    RunningPenstock(Path data) {
        this.data = data;
    }

    RunningPenstock up(String... more) throws Exception {
        List<String> arguments = new ArrayList<>(List.of(
                "up",
                "--detach",
                "--http-port",
                Integer.toString(httpPort),
                "--kafka-port",
                Integer.toString(kafkaPort)));
        arguments.addAll(List.of(more));
        Answer answer = run(arguments.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.output()).isZero();
        return this;
    }

    /// `bucket fsck` of the store, whoever writes meanwhile.
    Answer check() throws IOException, InterruptedException {
        return execute(
                List.of("bucket", "fsck", folder().choices().orElseThrow().bucket()));
    }

    /// Runs a command of the launcher on this data folder.
    Answer run(String... arguments) throws IOException, InterruptedException {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--data", data.toString()));
        return execute(all);
    }

    /// Runs a command of the launcher that is about no data folder.
    Answer execute(List<String> arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(LocalProcesses.launcher());
        command.addAll(arguments);
        Path output = Files.createTempFile(data.getParent(), "output", ".txt");
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(output.toFile())
                .start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(arguments + " did not end; it said: " + Files.readString(output));
        }
        return new Answer(process.exitValue(), Files.readString(output));
    }

    JsonNode status() throws Exception {
        Answer answer = run("status", "--json");
        assertThat(answer.exitCode()).as(answer.output()).isZero();
        return JsonMapper.builder().build().readTree(answer.output());
    }

    String bootstrapServers() throws Exception {
        return status().path("clusters").get(0).path("bootstrap_servers").asString();
    }

    /// The report of a drill, with its exit code as the drill's own verdict.
    JsonNode drill(String kind, int seconds, String... more) throws Exception {
        Path report = Files.createTempFile(data.getParent(), "drill", ".json");
        List<String> arguments = new ArrayList<>(
                List.of("drill", kind, "--duration", Integer.toString(seconds), "--json", report.toString()));
        arguments.addAll(List.of(more));
        Answer answer = run(arguments.toArray(String[]::new));
        assertThat(answer.exitCode()).as(answer.output() + logs()).isZero();
        return JsonMapper.builder().build().readTree(Files.readString(report));
    }

    PenstockApi api() {
        return PenstockApi.of(folder(), List.of(httpPort));
    }

    DataFolder folder() {
        return DataFolder.open(data);
    }

    @Override
    public void close() throws IOException {
        if (Files.exists(data.resolve("penstock.json"))) {
            try {
                run("down");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private String logs() throws IOException {
        StringBuilder tails = new StringBuilder();
        try (var files = Files.list(data.resolve("logs"))) {
            for (Path log : files.toList()) {
                List<String> lines = Files.readAllLines(log);
                tails.append("\n== ").append(log.getFileName()).append('\n');
                lines.subList(Math.max(0, lines.size() - 25), lines.size())
                        .forEach(line -> tails.append(line).append('\n'));
            }
        }
        return tails.toString();
    }

    /// Broker processes listen on consecutive ports; below those that the system gives to outgoing connections.
    private static int freeBlock() {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            try {
                for (int offset = 0; offset < 8; offset++) {
                    Ports.requireFree(first + offset, "test", "test");
                }
                return first;
            } catch (Trouble taken) {
                // Try elsewhere.
            }
        }
        throw new AssertionError("no block of free ports");
    }

    record Answer(int exitCode, String output) {}
}
