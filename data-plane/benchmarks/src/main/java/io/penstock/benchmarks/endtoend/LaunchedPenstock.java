// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// `./penstock up` as a person would type it, on a folder and ports of its own: PostgreSQL, control plane, three
/// brokers.
public final class LaunchedPenstock implements Service {
    private static final int PATIENCE_SECONDS = 240;

    private final Path launcher;
    private final Path data;
    private final String bucket;
    private final String bootstrapServers;
    private final List<ProcessHandle> processes;

    /// @param launcher the project's `penstock`
    /// @param data does not exist yet
    /// @param kafkaPort of the first broker; two more follow
    /// @param bucket where records live; empty: in the data folder
    public LaunchedPenstock(Path launcher, Path data, int httpPort, int kafkaPort, Optional<String> bucket)
            throws IOException, InterruptedException {
        this.launcher = launcher;
        this.data = data;
        this.bucket = bucket.orElse("file:" + data.resolve("bucket"));
        run(
                "up",
                "--detach",
                "--http-port",
                Integer.toString(httpPort),
                "--kafka-port",
                Integer.toString(kafkaPort),
                "--bucket",
                this.bucket);
        try {
            JsonNode status = JsonMapper.builder().build().readTree(run("status", "--json"));
            bootstrapServers =
                    status.path("clusters").get(0).path("bootstrap_servers").asString();
            processes = descendants(status);
        } catch (RuntimeException failure) {
            close();
            throw failure;
        }
    }

    /// The brokers are sessions of their own; everything else descends from the supervisor, the parent of the control
    /// plane.
    private static List<ProcessHandle> descendants(JsonNode status) {
        ProcessHandle controlPlane =
                handle(status.path("control_plane").get(0).path("pid").asLong());
        Stream<ProcessHandle> others = controlPlane
                .parent()
                .map(supervisor -> Stream.concat(Stream.of(supervisor), supervisor.descendants()))
                .orElseGet(() -> Stream.of(controlPlane));
        Stream<ProcessHandle> brokers = status.path("brokers")
                .valueStream()
                .map(broker -> handle(broker.path("pid").asLong()));
        return Stream.concat(others, brokers).distinct().toList();
    }

    private static ProcessHandle handle(long pid) {
        return ProcessHandle.of(pid).orElseThrow(() -> new IllegalStateException("no process " + pid));
    }

    @Override
    public String name() {
        return "penstock";
    }

    /// The URI of the bucket that records live in.
    public String bucket() {
        return bucket;
    }

    @Override
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /// It has no replicas to place: the store's are the replicas. Kafka's tools ask for three.
    @Override
    public short replicas() {
        return 3;
    }

    @Override
    public List<ProcessHandle> processes() {
        return processes;
    }

    @Override
    public void close() {
        try {
            run("down");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String run(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", data.toString()));
        Path output = Files.createTempFile("penstock-bench", ".txt");
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(output.toFile())
                    .start();
            Optional<Integer> exit = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    ? Optional.of(process.exitValue())
                    : Optional.empty();
            if (exit.isEmpty()) {
                process.destroyForcibly().waitFor();
            }
            String said = Files.readString(output);
            if (!exit.equals(Optional.of(0))) {
                throw new IOException(command + " ended with " + exit + " and said: " + said);
            }
            return said;
        } finally {
            Files.delete(output);
        }
    }
}
