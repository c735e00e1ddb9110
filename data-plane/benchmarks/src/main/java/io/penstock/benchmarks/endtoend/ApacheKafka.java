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

/// Brokers of Apache Kafka, each also a KRaft controller, each a process, with its own defaults but the folders and as
/// many replicas of everything as there are brokers, all but one of which have to be in sync.
public final class ApacheKafka implements Service {
    private static final int PATIENCE_SECONDS = 120;

    private final String classPath;
    private final Path folder;
    private final int firstPort;
    private final int brokers;
    private final List<Process> processes = new ArrayList<>();

    /// @param classPath holds Kafka's jars
    /// @param folder does not exist yet
    /// @param firstPort the first of twice as many in a row as there are brokers
    public ApacheKafka(String classPath, Path folder, int firstPort, int brokers)
            throws IOException, InterruptedException, ExecutionException {
        this.classPath = classPath;
        this.folder = folder;
        this.firstPort = firstPort;
        this.brokers = brokers;
        Files.createDirectories(folder);
        String cluster = Uuid.randomUuid().toString();
        try {
            for (int node = 0; node < brokers; node++) {
                Path properties = folder.resolve("node-" + node + ".properties");
                Files.writeString(properties, properties(node));
                format(node, properties, cluster);
            }
            for (int node = 0; node < brokers; node++) {
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
        return firstPort + brokers + node;
    }

    private String properties(int node) {
        String voters = IntStream.range(0, brokers)
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
                default.replication.factor=%d
                min.insync.replicas=%d
                offsets.topic.replication.factor=%d
                transaction.state.log.replication.factor=%d
                transaction.state.log.min.isr=%d
                """.formatted(
                        node,
                        voters,
                        firstPort + node,
                        controllerPort(node),
                        firstPort + node,
                        folder.resolve("data-" + node),
                        brokers,
                        Math.max(1, brokers - 1),
                        brokers,
                        brokers,
                        Math.max(1, brokers - 1));
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

    /// With heap and collector of Kafka's own scripts.
    private Process start(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms1G",
                "-Xmx1G",
                "-server",
                "-XX:+UseG1GC",
                "-XX:MaxGCPauseMillis=20",
                "-XX:InitiatingHeapOccupancyPercent=35",
                "-XX:+ExplicitGCInvokesConcurrent",
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
        try (Admin admin = Admin.create(Client.properties(bootstrapServers()))) {
            while (admin.describeCluster().nodes().get().size() < brokers) {
                for (Process process : processes) {
                    if (!process.isAlive()) {
                        throw new IOException("a Kafka broker ended at its start; see " + folder);
                    }
                }
                if (System.nanoTime() > deadline) {
                    throw new IOException("Kafka's brokers did not come up; see " + folder);
                }
                TimeUnit.MILLISECONDS.sleep(200);
            }
        }
    }

    @Override
    public String name() {
        return "kafka-rf" + brokers;
    }

    @Override
    public String bootstrapServers() {
        return IntStream.range(0, brokers)
                .mapToObj(node -> "127.0.0.1:" + (firstPort + node))
                .collect(Collectors.joining(","));
    }

    @Override
    public short replicas() {
        return (short) brokers;
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
