// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.embeddedpostgres.EmbeddedPostgres;
import io.penstock.embeddedpostgres.EmbeddedPostgresException;
import io.penstock.embeddedpostgres.PostgresSettings;
import io.penstock.standalone.DataFolder.Choices;
import io.penstock.standalone.DataFolder.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Holds the parts together: starts PostgreSQL and the control plane, starts the control plane again when it dies,
/// stops all in order.
///
/// Brokers are the control plane's to start and replace; they outlive it, and this process too if it is killed.
final class Supervisor {
    private static final int READY_WITHIN_SECONDS = 170;

    private final DataFolder folder;
    private final Choices choices;
    private final int grpcPort;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private @Nullable EmbeddedPostgres postgres;
    private volatile @Nullable Process controlPlane;

    Supervisor(DataFolder folder, Choices choices) {
        this.folder = folder;
        this.choices = choices;
        this.grpcPort = grpcPort(folder);
    }

    /// Runs until Ctrl-C or SIGTERM.
    int runUntilStopped() throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    stopAsked.countDown();
                    try {
                        // Not for the caller's end: it may wait in System.exit for us.
                        stopped.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        int exit = 0;
        try {
            start();
            supervise();
        } catch (Trouble trouble) {
            System.err.println("penstock: " + trouble.getMessage());
            exit = trouble.exitCode();
        } finally {
            stop();
            stopped.countDown();
        }
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is going down already.
        }
        return exit;
    }

    private void start() throws InterruptedException {
        report(false, null);
        try {
            postgres = EmbeddedPostgres.start(PostgresSettings.in(folder.postgres()));
        } catch (EmbeddedPostgresException e) {
            throw new Trouble(Trouble.UNAVAILABLE, String.valueOf(e.getMessage()));
        }
        deleteHold();
        controlPlane = startControlPlane();
        report(false, null);
        PenstockApi api = PenstockApi.of(folder, choices.httpPort());
        awaitApi(api);
        String clusterId = new FirstStart(api, choices).ensureDemo(READY_WITHIN_SECONDS);
        RunState state = report(true, clusterId);
        System.out.println(Welcome.text(folder, state));
    }

    private void awaitApi(PenstockApi api) throws InterruptedException {
        for (int waited = 0; waited < READY_WITHIN_SECONDS * 10; waited++) {
            if (stopAsked.await(100, TimeUnit.MILLISECONDS)) {
                return;
            }
            Process process = controlPlane;
            if (process != null && !process.isAlive()) {
                throw new Trouble(
                        Trouble.SOFTWARE,
                        "the control plane ended with exit code " + process.exitValue() + " while starting; see "
                                + folder.log("control-plane"));
            }
            if (api.ready()) {
                return;
            }
        }
        throw new Trouble(
                Trouble.TRY_AGAIN,
                "the control plane does not answer after three minutes; see " + folder.log("control-plane"));
    }

    /// Brings a dead control plane back, unless a drill holds it down.
    private void supervise() throws InterruptedException {
        RunState last = folder.running().orElseThrow();
        while (!stopAsked.await(200, TimeUnit.MILLISECONDS)) {
            Process process = controlPlane;
            if ((process == null || !process.isAlive()) && !Files.exists(folder.controlPlaneHold())) {
                System.out.println("control plane ended; starting it again");
                controlPlane = startControlPlane();
                report(true, last.clusterId());
            }
            EmbeddedPostgres database = postgres;
            if (database != null
                    && !ProcessHandle.of(database.pid())
                            .map(ProcessHandle::isAlive)
                            .orElse(false)) {
                System.out.println("PostgreSQL ended; starting it again");
                database.close();
                // The same port: the control plane's pool finds it again by itself.
                postgres = EmbeddedPostgres.start(
                        PostgresSettings.in(folder.postgres()).onPort(database.port()));
            }
        }
    }

    private void stop() throws InterruptedException {
        Process process = controlPlane;
        if (process != null) {
            // First, so that it does not take the brokers' end for a failure.
            LocalProcesses.stop(List.of(process.toHandle()), 20);
        }
        LocalProcesses.stop(LocalProcesses.brokers(folder), 10);
        if (postgres != null) {
            postgres.close();
        }
        folder.nothingRuns();
    }

    private Process startControlPlane() {
        EmbeddedPostgres database = java.util.Objects.requireNonNull(postgres);
        // One left over from a supervisor that was killed would hold the ports.
        try {
            LocalProcesses.stop(LocalProcesses.controlPlanes(folder), 10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Path databasePassword = folder.root().resolve("postgres").resolve("password");
        String serverLib = System.getProperty("penstock.server.lib", "");
        List<String> command = new ArrayList<>(List.of(
                LocalProcesses.java(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "-cp",
                serverLib + "/*",
                LocalProcesses.CONTROL_PLANE_MAIN,
                "--server.address=127.0.0.1",
                "--server.port=" + choices.httpPort(),
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--penstock.grpc.port=" + grpcPort,
                "--penstock.kafka.base-port=" + choices.kafkaPort(),
                "--penstock.data-dir=" + folder.root(),
                "--penstock.bootstrap.api-key-file=" + folder.secret("api-key"),
                "--penstock.secrets-key-file=" + folder.secret("secrets-key"),
                "--penstock.allow-modelled-stores=true",
                "--penstock.console.api-url=http://127.0.0.1:" + choices.httpPort(),
                "--spring.main.banner-mode=off",
                "--logging.level.org.atmosphere=warn",
                "--logging.config=classpath:penstock-control-plane-logback.xml"));
        folder.secret("secrets-key", () -> {
            byte[] key = new byte[32];
            new SecureRandom().nextBytes(key);
            return Base64.getEncoder().encodeToString(key);
        });
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.log("control-plane").toFile()));
            // Not on the command line, where every user of the machine could read it.
            builder.environment()
                    .put(
                            "SPRING_DATASOURCE_PASSWORD",
                            Files.readString(databasePassword).strip());
            builder.environment()
                    .put("PENSTOCK_BROKER_COMMAND", '"' + String.join("\" \"", BrokerCommand.of(folder)) + '"');
            return builder.start();
        } catch (IOException e) {
            throw new Trouble(Trouble.SOFTWARE, "the control plane could not be started: " + e.getMessage());
        }
    }

    private RunState report(boolean ready, @Nullable String clusterId) {
        Process process = controlPlane;
        RunState state = new RunState(
                ProcessHandle.current().pid(),
                process == null ? 0 : process.pid(),
                choices.httpPort(),
                grpcPort,
                choices.kafkaPort(),
                ready,
                clusterId);
        folder.running(state);
        return state;
    }

    private void deleteHold() {
        try {
            Files.deleteIfExists(folder.controlPlaneHold());
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.CANNOT_CREATE, "cannot delete " + folder.controlPlaneHold() + ": " + e.getMessage());
        }
    }

    /// Brokers that outlived a control plane look for the next one at the same port, so it is chosen once per folder.
    private static int grpcPort(DataFolder folder) {
        return Integer.parseInt(folder.secret("grpc-port", () -> Integer.toString(Ports.anyFree())));
    }
}
