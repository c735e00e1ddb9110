// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;

/// `./penstock up` in a folder of its own, and `./penstock down` with the test.
final class LaunchedPenstock implements AutoCloseable {
    static final Path LAUNCHER =
            Path.of("..", "..", "penstock").toAbsolutePath().normalize();

    private final Path folder;

    LaunchedPenstock(Path folder) throws IOException, InterruptedException {
        this.folder = folder;
        Programs.Answer up = launcher(
                "up",
                "--detach",
                "--http-port",
                Integer.toString(freePort()),
                "--kafka-port",
                Integer.toString(freeBlock()));
        if (up.exitCode() != 0) {
            throw new AssertionError("./penstock up failed: " + up.output() + up.errors());
        }
    }

    String bootstrapServers() throws IOException, InterruptedException {
        Programs.Answer status = launcher("status", "--json");
        return JsonMapper.builder()
                .build()
                .readTree(status.output())
                .path("clusters")
                .get(0)
                .path("bootstrap_servers")
                .asString();
    }

    Programs.Answer launcher(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(LAUNCHER.toString()));
        command.addAll(List.of(arguments));
        command.addAll(List.of("--data", folder.resolve("data").toString()));
        return Programs.run(folder, command);
    }

    @Override
    public void close() throws IOException {
        try {
            launcher("down");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    /// Brokers listen on ports in a row. Below those that the system gives to outgoing connections: a client of another
    /// test may come to hold one of these between the look and the start.
    private static int freeBlock() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int first = ThreadLocalRandom.current().nextInt(15_000, 32_000);
            if (IntStream.range(first, first + 8).allMatch(LaunchedPenstock::isFree)) {
                return first;
            }
        }
        throw new IOException("no eight free ports in a row");
    }

    private static boolean isFree(int port) {
        try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return probe.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}
