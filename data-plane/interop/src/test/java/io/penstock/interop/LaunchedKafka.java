// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Uuid;

/// One broker of Apache Kafka in a process of its own, from the jars on this test's class path: what Penstock is
/// compared
/// with.
final class LaunchedKafka implements AutoCloseable {
    private final Path folder;
    private final int port = LaunchedPenstock.freePort();
    private final Process process;

    LaunchedKafka(Path folder) throws IOException, InterruptedException, ExecutionException {
        this.folder = Files.createDirectories(folder);
        int controller = LaunchedPenstock.freePort();
        Path properties = Files.writeString(
                folder.resolve("server.properties"), """
                    process.roles=broker,controller
                    node.id=1
                    controller.quorum.voters=1@127.0.0.1:%2$d
                    listeners=PLAINTEXT://127.0.0.1:%1$d,CONTROLLER://127.0.0.1:%2$d
                    advertised.listeners=PLAINTEXT://127.0.0.1:%1$d
                    controller.listener.names=CONTROLLER
                    listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
                    log.dirs=%3$s
                    offsets.topic.replication.factor=1
                    transaction.state.log.replication.factor=1
                    transaction.state.log.min.isr=1
                    transaction.abort.timed.out.transaction.cleanup.interval.ms=500
                    group.initial.rebalance.delay.ms=0
                    authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
                    super.users=User:ANONYMOUS
                    """.formatted(port, controller, folder.resolve("data")));
        Process format = java(
                "kafka.tools.StorageTool", "format", "-t", Uuid.randomUuid().toString(), "-c", properties.toString());
        if (!format.waitFor(120, TimeUnit.SECONDS) || format.exitValue() != 0) {
            format.destroyForcibly();
            throw new AssertionError("Kafka's storage could not be formatted: " + output());
        }
        process = java("kafka.Kafka", properties.toString());
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.describeCluster().nodes().get();
        } catch (ExecutionException failed) {
            close();
            throw new AssertionError("Kafka did not come up: " + output(), failed);
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("output.txt"));
    }

    private Process java(String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                main));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("output.txt").toFile()))
                .start();
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
