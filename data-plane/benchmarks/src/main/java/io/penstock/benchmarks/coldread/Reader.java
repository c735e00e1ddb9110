// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// A process that reads: its garbage and its compiling must not fall on those whose waiting is measured.
///
/// It warms up by a first reading, says `ready`, waits for a line, reads what is measured, and says how much that was
/// and how long it took.
final class Reader implements AutoCloseable {
    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader says;

    /// One reading in the process.
    interface Reading {
        /// @return bytes that were read
        long read() throws Exception;
    }

    /// @param mebibytes that were read
    record Read(double mebibytes, double mib_per_second) {}

    private Reader(Process process) {
        this.process = process;
        this.says = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    /// Starts the process and waits until it has warmed up.
    ///
    /// @param main calls [#serve]
    static Reader start(Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseParallelGC",
                "-Xmx1g",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dlogback.configurationFile=penstock-bench-logback.xml",
                "-cp",
                System.getProperty("java.class.path", ""),
                main.getName()));
        command.addAll(List.of(arguments));
        Reader reader = new Reader(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
        if (!READY.equals(reader.says.readLine())) {
            reader.close();
            throw new IOException(main.getSimpleName() + " ended before it could read");
        }
        return reader;
    }

    /// Lets it read what is measured; blocks until it has.
    Read read() throws IOException {
        process.getOutputStream().write('\n');
        process.getOutputStream().flush();
        String answer = says.readLine();
        if (answer == null) {
            throw new IOException("the reading process ended without an answer");
        }
        String[] bytesAndNanos = answer.split(" ", -1);
        double mebibytes = Long.parseLong(bytesAndNanos[0]) / (double) (1 << 20);
        return new Read(
                Math.round(mebibytes * 10) / 10.0,
                Math.round(mebibytes * 1e10 / Long.parseLong(bytesAndNanos[1])) / 10.0);
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }

    /// The process's side.
    static void serve(Reading warmUp, Reading measured) throws Exception {
        warmUp.read();
        System.out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        long began = System.nanoTime();
        long bytes = measured.read();
        System.out.println(bytes + " " + (System.nanoTime() - began));
    }
}
