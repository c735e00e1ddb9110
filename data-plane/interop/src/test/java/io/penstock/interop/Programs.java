// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// Programs in other languages, from `src/test/clients`: made ready, and run.
final class Programs {
    private static final Path SOURCES =
            Path.of("src", "test", "clients").toAbsolutePath().normalize();
    private static final Path BUILT = Path.of("target", "clients").toAbsolutePath();

    private Programs() {}

    /// What only `./penstock test --all` runs.
    static void onlyWithAll() {
        assumeTrue(Boolean.getBoolean("penstock.all"), "one of the large sizes: ./penstock test --all");
    }

    /// On a person's machine a missing tool is said and passed over; in CI it is a failure.
    ///
    /// @param remedy how to get it
    static void require(String remedy, String... probe) throws IOException, InterruptedException {
        boolean there;
        try {
            there = run(Files.createDirectories(BUILT), List.of(probe)).exitCode() == 0;
        } catch (IOException e) {
            there = false;
        }
        assertThat(there || System.getenv("CI") == null)
                .as("missing: " + remedy)
                .isTrue();
        assumeTrue(there, "missing: " + remedy);
    }

    /// The folder of a program's sources.
    static Path sources(String program) {
        return SOURCES.resolve(program);
    }

    /// A folder that a program may be built in; it stays between runs.
    static Path built(String program) throws IOException {
        return Files.createDirectories(BUILT.resolve(program));
    }

    /// Runs a command that has to work.
    ///
    /// @return what it printed
    static String mustRun(Path folder, List<String> command) throws IOException, InterruptedException {
        Answer answer = run(folder, command);
        assertThat(answer.exitCode())
                .as("%s ended with: %s%s", command, answer.output(), answer.errors())
                .isZero();
        return answer.output();
    }

    /// Runs a program to its end, ten minutes at most, with the Java that runs this.
    static Answer run(Path folder, List<String> command) throws IOException, InterruptedException {
        Path output = Files.createTempFile("penstock-interop", ".out");
        Path errors = Files.createTempFile("penstock-interop", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(output.toFile())
                    .redirectError(errors.toFile());
            builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
            Process process = builder.start();
            boolean ended = process.waitFor(10, TimeUnit.MINUTES);
            if (!ended) {
                process.destroyForcibly().waitFor();
            }
            return new Answer(ended ? process.exitValue() : -1, Files.readString(output), Files.readString(errors));
        } finally {
            Files.delete(output);
            Files.delete(errors);
        }
    }

    /// @param exitCode -1 if it did not end
    record Answer(int exitCode, String output, String errors) {}

    /// Runs a client's program with the arguments that all of them take: `bootstrap.servers`, what its names begin
    /// with, and the replicas of new topics.
    ///
    /// @return the lines `what: outcome` that it told
    static List<String> tell(Path folder, List<String> command, Side side, String prefix)
            throws IOException, InterruptedException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(side.servers(), prefix, Short.toString(side.replicas())));
        return mustRun(folder, whole).lines().toList();
    }
}
