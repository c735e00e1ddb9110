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
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Holds the parts together: starts PostgreSQL and the control plane, starts the control plane again when it dies,
/// stops all in order.
///
/// Brokers are the control plane's to start and replace; they outlive it, and this process too if it is killed.
final class Supervisor {
    private static final int READY_WITHIN_SECONDS = 170;

    private final DataFolder folder;
    private final Choices choices;
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private @Nullable EmbeddedPostgres postgres;
    private final List<Process> controlPlanes = new CopyOnWriteArrayList<>();

    Supervisor(DataFolder folder, Choices choices) {
        this.folder = folder;
        this.choices = choices;
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
        // Those left over from a supervisor that was killed would hold the ports.
        LocalProcesses.stop(LocalProcesses.controlPlanes(folder), 10);
        for (int replica = 0; replica < choices.replicas(); replica++) {
            controlPlanes.add(startControlPlane(replica));
        }
        report(false, null);
        PenstockApi api = PenstockApi.of(folder, httpPorts());
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
            for (int replica = 0; replica < controlPlanes.size(); replica++) {
                Process process = controlPlanes.get(replica);
                if (!process.isAlive()) {
                    throw new Trouble(
                            Trouble.SOFTWARE,
                            "the control plane ended with exit code " + process.exitValue() + " while starting; see "
                                    + folder.log(logName(replica)));
                }
            }
            if (api.ready()) {
                return;
            }
        }
        throw new Trouble(
                Trouble.TRY_AGAIN,
                "the control plane does not answer after three minutes; see " + folder.log("control-plane"));
    }

    /// Brings dead replicas of the control plane back, unless a drill holds them down.
    private void supervise() throws InterruptedException {
        RunState last = folder.running().orElseThrow();
        while (!stopAsked.await(200, TimeUnit.MILLISECONDS)) {
            for (int replica = 0; replica < controlPlanes.size(); replica++) {
                if (!controlPlanes.get(replica).isAlive() && !Files.exists(folder.controlPlaneHold())) {
                    System.out.println("control plane ended; starting it again");
                    controlPlanes.set(replica, startControlPlane(replica));
                    report(true, last.clusterId());
                }
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
        // First, so that they do not take the brokers' end for a failure.
        LocalProcesses.stop(controlPlanes.stream().map(Process::toHandle).toList(), 20);
        LocalProcesses.stop(LocalProcesses.brokers(folder), 10);
        if (postgres != null) {
            postgres.close();
        }
        folder.nothingRuns();
    }

    private List<Integer> httpPorts() {
        return IntStream.range(0, choices.replicas()).mapToObj(this::httpPort).toList();
    }

    /// The first replica's port was chosen by people.
    private int httpPort(int replica) {
        return replica == 0 ? choices.httpPort() : keptPort("http-port-" + replica);
    }

    /// Brokers that outlived a control plane look for the next one at the same port, so it is chosen once per folder.
    private int grpcPort(int replica) {
        return keptPort(replica == 0 ? "grpc-port" : "grpc-port-" + replica);
    }

    private int keptPort(String name) {
        return Integer.parseInt(folder.secret(name, () -> Integer.toString(Ports.anyFree())));
    }

    private String zone(int replica) {
        List<String> zones = choices.zoneNames();
        return zones.isEmpty() ? "" : zones.get(replica % zones.size());
    }

    private static String logName(int replica) {
        return replica == 0 ? "control-plane" : "control-plane-" + replica;
    }

    private Process startControlPlane(int replica) {
        EmbeddedPostgres database = java.util.Objects.requireNonNull(postgres);
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
                "--server.port=" + httpPort(replica),
                "--spring.datasource.url=" + database.jdbcUrl(),
                "--spring.datasource.username=" + database.username(),
                "--penstock.grpc.port=" + grpcPort(replica),
                "--penstock.replica.zone=" + zone(replica),
                "--penstock.kafka.base-port=" + choices.kafkaPort(),
                "--penstock.data-dir=" + folder.root(),
                "--penstock.bootstrap.api-key-file=" + folder.secret("api-key"),
                "--penstock.secrets-key-file=" + folder.secret("secrets-key"),
                "--penstock.allow-modelled-stores=true",
                "--penstock.console.api-url=http://127.0.0.1:" + httpPort(replica),
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
                            folder.log(logName(replica)).toFile()));
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
        RunState state =
                new RunState(ProcessHandle.current().pid(), httpPorts(), choices.kafkaPort(), ready, clusterId);
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
}
