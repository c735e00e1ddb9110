// SPDX-License-Identifier: Apache-2.0
package io.penstock.embeddedpostgres;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends what an earlier supervisor that was killed left behind on a data folder.
///
/// PostgreSQL's processes have the data folder as their working folder. That, and not the number in
/// `postmaster.pid`, tells them from strangers: after a restart of the machine the number may be anybody's.
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);

    private final Path data;
    private final PostgresBinaries binaries;
    private final UnprivilegedRunner runner;
    private final Duration patience;

    Leftovers(Path data, PostgresBinaries binaries, UnprivilegedRunner runner, Duration patience) {
        this.data = data;
        this.binaries = binaries;
        this.runner = runner;
        this.patience = patience;
    }

    void end() throws IOException, InterruptedException {
        var processes = processesOfThisFolder();
        var pidFile = data.resolve("postmaster.pid");
        var postmaster = pidIn(pidFile)
                .flatMap(pid -> processes.stream()
                        .filter(process -> process.pid() == pid)
                        .findFirst());
        if (postmaster.isPresent()) {
            LOG.warn(
                    "event=postgres_orphan_found pid={} directory={}",
                    postmaster.get().pid(),
                    data);
            EmbeddedPostgres.run(
                    runner,
                    binaries.program("pg_ctl"),
                    data,
                    List.of("stop", "-D", data.toString(), "-m", "fast", "-t", Long.toString(patience.toSeconds())),
                    patience.toSeconds() + 10);
        }
        for (var process : processes) {
            awaitEnd(process);
        }
        // Nobody serves this folder now; a file that still names a process would only stop the new server.
        if (Files.deleteIfExists(pidFile)) {
            LOG.warn("event=postgres_stale_pid_file_removed directory={}", data);
        }
    }

    private void awaitEnd(ProcessHandle process) throws InterruptedException {
        try {
            process.onExit().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("event=postgres_orphan_killed pid={} directory={}", process.pid(), data);
            process.destroyForcibly();
        } catch (ExecutionException e) {
            throw new IllegalStateException("waiting for process " + process.pid() + " failed", e);
        }
    }

    private List<ProcessHandle> processesOfThisFolder() throws IOException {
        var folder = data.toRealPath();
        return ProcessHandle.allProcesses()
                .filter(process -> workingFolder(process).filter(folder::equals).isPresent())
                .toList();
    }

    private static Optional<Path> workingFolder(ProcessHandle process) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc", Long.toString(process.pid()), "cwd")));
        } catch (IOException | UnsupportedOperationException e) {
            // It has ended meanwhile, or belongs to somebody else: not ours in either case.
            return Optional.empty();
        }
    }

    private static Optional<Long> pidIn(Path pidFile) throws IOException {
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        return Files.readAllLines(pidFile).stream()
                .findFirst()
                .map(String::strip)
                .filter(line -> line.matches("\\d{1,18}"))
                .map(Long::valueOf);
    }
}
