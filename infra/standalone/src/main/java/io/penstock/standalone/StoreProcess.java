// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import io.penstock.standalone.drill.Machine.StoreTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/// An S3 server on this machine that somebody starts again whenever it dies: slow when it is stopped, failing when it
/// is
/// killed again and again.
final class StoreProcess implements StoreTrouble {
    private static final int KILL_EVERY_MILLIS = 300;

    private final Path pidFile;
    private volatile boolean failing;

    /// @param pidFile holds the id of the process that serves now; written by whoever starts it
    StoreProcess(Path pidFile) {
        this.pidFile = pidFile;
    }

    @Override
    public void slow() {
        LocalProcesses.signal("STOP", pid());
    }

    @Override
    public void failing() {
        failing = true;
        Thread.ofPlatform().daemon().name("store-killer").start(() -> {
            while (failing) {
                ProcessHandle.of(pid()).ifPresent(ProcessHandle::destroyForcibly);
                try {
                    TimeUnit.MILLISECONDS.sleep(KILL_EVERY_MILLIS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    @Override
    public void well() {
        failing = false;
        if (LocalProcesses.alive(pid())) {
            LocalProcesses.signal("CONT", pid());
        }
    }

    private long pid() {
        try {
            return Long.parseLong(Files.readString(pidFile).strip());
        } catch (IOException | NumberFormatException e) {
            throw new Trouble(Trouble.USAGE, "no process id in " + pidFile + ": " + e.getMessage());
        }
    }
}
