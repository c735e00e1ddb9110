// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.nio.channels.FileLock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/// `./penstock down`.
@Command(name = "down", description = "Stops everything; loses nothing.", mixinStandardHelpOptions = true)
final class DownCommand implements Callable<Integer> {
    @Mixin
    private DataOption data = new DataOption();

    @Override
    public Integer call() throws Exception {
        DataFolder folder = DataFolder.open(data.path());
        Optional<Long> supervisor = folder.running().map(DataFolder.RunState::supervisorPid);
        try (FileLock free = folder.lock().orElse(null)) {
            if (free == null && supervisor.isPresent()) {
                LocalProcesses.stop(
                        ProcessHandle.of(supervisor.get()).map(List::of).orElse(List.of()), 60);
            }
        }
        // What a killed supervisor left behind.
        LocalProcesses.stop(LocalProcesses.controlPlanes(folder), 10);
        LocalProcesses.stop(LocalProcesses.brokers(folder), 10);
        folder.nothingRuns();
        System.out.println("Penstock is down. Everything acknowledged is in the bucket; ./penstock up finds it again.");
        return 0;
    }
}
