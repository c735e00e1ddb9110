// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts brokers as processes of this machine.
///
/// They are made leaders of their own sessions where `setsid` exists, so that neither Ctrl-C at the control
/// plane nor its death reaches them; a later control plane adopts them by process id and start time. A zombie
/// process (ended, not reaped by whoever adopted it) counts as ended.
public final class LocalProcessProvisioner implements BrokerProvisioner {
    private static final Logger log = LoggerFactory.getLogger(LocalProcessProvisioner.class);
    /// Start times are told in ticks of the kernel, and rounded once more by the database.
    private static final Duration SAME_START = Duration.ofMillis(20);

    private final LocalProcessSettings settings;
    private final Executor threads;

    /// @param threads one thread per task; adopted processes are watched on them
    public LocalProcessProvisioner(LocalProcessSettings settings, Executor threads) {
        this.settings = settings;
        this.threads = threads;
    }

    @Override
    public ProcessRef start(BrokerLaunch launch, Runnable onEnd) {
        try {
            Path logs = Files.createDirectories(
                    settings.dataDirectory().toAbsolutePath().resolve("logs"));
            Path token = joinTokenFile(launch);
            String name = "broker-" + launch.nodeId() + "-" + launch.brokerId();
            List<String> command = new ArrayList<>();
            setsid().ifPresent(command::add);
            command.addAll(settings.command());
            command.addAll(List.of(
                    "--control-plane",
                    settings.controlPlane().get(),
                    "--fleet",
                    launch.fleetId(),
                    "--join-token-file",
                    token.toString(),
                    "--log-file",
                    logs.resolve(name + ".log").toString()));
            if (!launch.zone().isEmpty()) {
                command.addAll(List.of("--zone", launch.zone()));
            }
            Process process = new ProcessBuilder(command)
                    // Nothing is written beside the log, not even by accident into whatever folder we were started in.
                    .directory(Path.of("/").toFile())
                    .redirectInput(
                            ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            logs.resolve(name + ".out").toFile()))
                    .start();
            ProcessRef ref = refOf(process.toHandle());
            log.info(
                    "event=broker_process_started broker={} node={} pid={}",
                    launch.brokerId(),
                    launch.nodeId(),
                    ref.pid());
            process.onExit()
                    .thenAcceptAsync(
                            ended -> {
                                log.info(
                                        "event=broker_process_ended broker={} pid={} exit={}",
                                        launch.brokerId(),
                                        ended.pid(),
                                        ended.exitValue());
                                deleteQuietly(token);
                                onEnd.run();
                            },
                            threads);
            return ref;
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "a broker process cannot be started by penstock.broker.command "
                            + settings.command().getFirst() + ": " + e.getMessage(),
                    e);
        }
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            log.debug("event=join_token_not_deleted file={} cause={}", file, e.toString());
        }
    }

    /// Readable by this user only, from its first byte on.
    private Path joinTokenFile(BrokerLaunch launch) throws IOException {
        Path folder = Files.createDirectories(
                settings.dataDirectory().toAbsolutePath().resolve("join-tokens"));
        Path file = folder.resolve(launch.brokerId());
        Files.deleteIfExists(file);
        Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(file, launch.joinToken());
        return file;
    }

    private static Optional<String> setsid() {
        return List.of("/usr/bin/setsid", "/bin/setsid").stream()
                .filter(path -> Files.isExecutable(Path.of(path)))
                .findFirst();
    }

    private static ProcessRef refOf(ProcessHandle handle) {
        // Rounded as the database rounds, so that what is read back is equal.
        Instant started = handle.info().startInstant().orElse(Instant.EPOCH).truncatedTo(ChronoUnit.MILLIS);
        return new ProcessRef(handle.pid(), started);
    }

    @Override
    public void adopt(ProcessRef process, Runnable onEnd) {
        Optional<ProcessHandle> handle = handle(process);
        if (handle.isEmpty()) {
            threads.execute(onEnd);
        } else {
            handle.get().onExit().thenRunAsync(onEnd, threads);
        }
    }

    @Override
    public Liveness liveness(ProcessRef process) {
        return handle(process).isPresent() ? Liveness.RUNNING : Liveness.ENDED;
    }

    @Override
    public void stop(ProcessRef process) {
        handle(process).ifPresent(ProcessHandle::destroy);
    }

    @Override
    public void kill(ProcessRef process) {
        handle(process).ifPresent(ProcessHandle::destroyForcibly);
    }

    /// The living process, and no other that got its number since.
    private static Optional<ProcessHandle> handle(ProcessRef process) {
        return ProcessHandle.of(process.pid())
                .filter(ProcessHandle::isAlive)
                .filter(handle -> handle.info()
                        .startInstant()
                        .filter(started -> Duration.between(started, process.startedAt())
                                        .abs()
                                        .compareTo(SAME_START)
                                <= 0)
                        .isPresent())
                .filter(handle -> !isZombie(handle.pid()));
    }

    /// Linux: the third field of `/proc/<pid>/stat`, after the command in parentheses (proc(5)).
    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            int state = stat.lastIndexOf(')') + 2;
            return state < stat.length() && (stat.charAt(state) == 'Z' || stat.charAt(state) == 'X');
        } catch (IOException e) {
            return false; // no such file system, or the process has just gone, as the next look will tell
        }
    }
}
