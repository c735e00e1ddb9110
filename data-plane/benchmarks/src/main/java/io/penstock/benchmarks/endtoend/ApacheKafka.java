// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/// Three brokers of Apache Kafka, each also a KRaft controller, each a process, with its own defaults but the folders
/// and three replicas of everything.
public final class ApacheKafka implements Service {
    private static final int BROKERS = 3;
    private static final int PATIENCE_SECONDS = 120;

    private final String classPath;
    private final Path folder;
    private final int firstPort;
    private final List<Process> processes = new ArrayList<>();

    /// @param classPath holds Kafka's jars
    /// @param folder does not exist yet
    /// @param firstPort the first of six in a row
    public ApacheKafka(String classPath, Path folder, int firstPort)
            throws IOException, InterruptedException, ExecutionException {
        this.classPath = classPath;
        this.folder = folder;
        this.firstPort = firstPort;
        Files.createDirectories(folder);
        String cluster = Uuid.randomUuid().toString();
        try {
            for (int node = 0; node < BROKERS; node++) {
                Path properties = folder.resolve("node-" + node + ".properties");
                Files.writeString(properties, properties(node));
                format(node, properties, cluster);
            }
            for (int node = 0; node < BROKERS; node++) {
                Path properties = folder.resolve("node-" + node + ".properties");
                processes.add(start("node-" + node, "kafka.Kafka", properties.toString()));
            }
            awaitAll();
        } catch (IOException | InterruptedException | ExecutionException | RuntimeException failure) {
            close();
            throw failure;
        }
    }

    private int controllerPort(int node) {
        return firstPort + BROKERS + node;
    }

    private String properties(int node) {
        String voters = IntStream.range(0, BROKERS)
                .mapToObj(other -> other + "@127.0.0.1:" + controllerPort(other))
                .collect(Collectors.joining(","));
        return """
                process.roles=broker,controller
                node.id=%d
                controller.quorum.voters=%s
                listeners=PLAINTEXT://127.0.0.1:%d,CONTROLLER://127.0.0.1:%d
                advertised.listeners=PLAINTEXT://127.0.0.1:%d
                controller.listener.names=CONTROLLER
                listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                log.dirs=%s
                default.replication.factor=3
                min.insync.replicas=2
                offsets.topic.replication.factor=3
                transaction.state.log.replication.factor=3
                transaction.state.log.min.isr=2
                """.formatted(
                node, voters, firstPort + node, controllerPort(node), firstPort + node, folder.resolve("data-" + node));
    }

    private void format(int node, Path properties, String cluster) throws IOException, InterruptedException {
        String name = "format-" + node;
        Process format = start(name, "kafka.tools.StorageTool", "format", "-t", cluster, "-c", properties.toString());
        if (!format.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || format.exitValue() != 0) {
            format.destroyForcibly();
            throw new IOException("Kafka's storage could not be formatted: " + Files.readString(log(name)));
        }
    }

    private Path log(String name) {
        return folder.resolve(name + ".log");
    }

    /// With the heap of our own brokers and the collector of Kafka's own scripts.
    private Process start(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms96m",
                "-Xmx768m",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-Dlogback.configurationFile=penstock-bench-logback.xml",
                "-cp",
                classPath,
                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(log(name).toFile())
                .start();
    }

    private void awaitAll() throws InterruptedException, ExecutionException, IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        try (Admin admin = Admin.create(Clients.properties(bootstrapServers()))) {
            while (admin.describeCluster().nodes().get().size() < BROKERS) {
                for (Process process : processes) {
                    if (!process.isAlive()) {
                        throw new IOException("a Kafka broker ended at its start; see " + folder);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("three Kafka brokers did not come up; see " + folder);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    @Override
    public String name() {
        return "apache-kafka";
    }

    @Override
    public String bootstrapServers() {
        return IntStream.range(0, BROKERS)
                .mapToObj(node -> "127.0.0.1:" + (firstPort + node))
                .collect(Collectors.joining(","));
    }

    @Override
    public List<ProcessHandle> processes() {
        return processes.stream().map(Process::toHandle).toList();
    }

    /// At once: nobody needs its data any more.
    @Override
    public void close() {
        processes.forEach(Process::destroyForcibly);
        processes.forEach(process -> process.onExit().join());
    }
}
