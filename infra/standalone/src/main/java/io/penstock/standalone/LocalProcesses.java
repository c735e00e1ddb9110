// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The processes of this Penstock, found by their command lines, so that no stale pid is ever trusted.
final class LocalProcesses {
    static final String BROKER_MAIN = "io.penstock.broker.BrokerMain";
    static final String CONTROL_PLANE_MAIN = "io.penstock.standalone.ControlPlaneMain";

    private LocalProcesses() {}

    /// How to start this very program again.
    static List<String> launcher() {
        List<String> command = new ArrayList<>(List.of(java()));
        command.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-Dlogback.configurationFile=penstock-cli-logback.xml"));
        for (String property : List.of("penstock.home", "penstock.broker.lib", "penstock.server.lib")) {
            command.add("-D" + property + "=" + System.getProperty(property, ""));
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.penstock.standalone.Penstock"));
        return command;
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    static boolean alive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    /// @param name without SIG
    static void signal(String name, long pid) {
        try {
            int exit = new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new Trouble(Trouble.SOFTWARE, "kill -" + name + " " + pid + " failed");
            }
        } catch (IOException e) {
            throw new Trouble(Trouble.SOFTWARE, "cannot signal process " + pid + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /// Brokers whose command line names this data folder.
    static List<ProcessHandle> brokers(DataFolder folder) {
        return running(BROKER_MAIN, folder);
    }

    static List<ProcessHandle> controlPlanes(DataFolder folder) {
        return running(CONTROL_PLANE_MAIN, folder);
    }

    private static List<ProcessHandle> running(String mainClass, DataFolder folder) {
        String root = folder.root().toString();
        return ProcessHandle.allProcesses()
                .filter(process -> {
                    Optional<String[]> arguments = process.info().arguments();
                    return arguments.isPresent()
                            && List.of(arguments.get()).contains(mainClass)
                            && List.of(arguments.get()).stream().anyMatch(argument -> argument.contains(root + "/"));
                })
                .toList();
    }

    /// SIGTERM to all, then, for those that do not end in time, SIGKILL: nothing that was acknowledged is in their
    /// memory alone.
    static void stop(List<ProcessHandle> processes, long patienceSeconds) throws InterruptedException {
        processes.forEach(ProcessHandle::destroy);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(patienceSeconds);
        for (ProcessHandle process : processes) {
            while (process.isAlive() && System.nanoTime() < deadline) {
                TimeUnit.MILLISECONDS.sleep(20);
            }
            if (process.isAlive()) {
                process.destroyForcibly();
            }
        }
    }
}
