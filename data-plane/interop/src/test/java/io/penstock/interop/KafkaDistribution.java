// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// What Apache Kafka ships beside its broker, from Maven Central, in processes of its own.
final class KafkaDistribution {
    private final Path folder = Programs.sources("apache-kafka");

    /// For what processes leave behind.
    private final Path scratch = Programs.built("apache-kafka");

    private final String classPath;

    /// Asks Maven where the jars are; fetches what is not there.
    KafkaDistribution() throws IOException, InterruptedException {
        Path file = scratch.resolve("classpath.txt");
        Programs.mustRun(
                folder,
                List.of(
                        LaunchedPenstock.LAUNCHER.resolveSibling("mvnw").toString(),
                        "-q",
                        "-f",
                        folder.resolve("pom.xml").toString(),
                        "dependency:build-classpath",
                        "-Dmdep.outputFile=" + file));
        classPath = Files.readString(file);
    }

    /// The command that runs a class, or a source file of that folder.
    List<String> java(String main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx400m",
                "--enable-native-access=ALL-UNNAMED",
                "-Djava.io.tmpdir=" + scratch,
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=error",
                "-cp",
                classPath,
                main));
        command.addAll(List.of(arguments));
        return command;
    }

    /// Runs a source file of that folder, which tells lines `what: outcome`.
    List<String> tell(String program, Side side, String prefix, String... more)
            throws IOException, InterruptedException {
        List<String> command = java(program, side.servers(), prefix, Short.toString(side.replicas()));
        command.addAll(List.of(more));
        return Programs.mustRun(folder, command).lines().toList();
    }

    /// A new folder.
    Path scratch(String name) throws IOException {
        return Files.createTempDirectory(scratch, name);
    }

    /// Starts a class that runs until it is closed.
    Running start(String name, String main, Map<String, String> properties) throws IOException {
        Path work = scratch(name);
        List<String> lines = new ArrayList<>();
        properties.forEach((key, value) -> lines.add(key + "=" + value));
        Path file = Files.write(work.resolve("worker.properties"), lines);
        Path output = work.resolve("output.txt");
        Process process = new ProcessBuilder(java(main, file.toString()))
                .directory(work.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        return new Running(process, output);
    }

    /// A process; killed when closed.
    record Running(Process process, Path output) implements AutoCloseable {
        @Override
        public void close() {
            process.destroyForcibly();
            process.onExit().join();
        }
    }
}
