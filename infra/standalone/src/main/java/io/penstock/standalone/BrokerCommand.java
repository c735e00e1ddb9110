// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// How a broker of this machine is started, so that it needs no writable path but its log file.
///
/// A JVM and its libraries like to write: performance counters, crash reports, and native code (compression, epoll)
/// that
/// each process unpacks into its temporary folder. Here the native code lies unpacked beside the jars, and the
/// temporary
/// folder is one in which nobody can make a file, root included.
final class BrokerCommand {
    /// Exists everywhere on Linux, and takes no file from anybody.
    private static final Path NO_TEMPORARY_FOLDER = Path.of("/proc");

    private BrokerCommand() {}

    static List<String> of(DataFolder folder) {
        Path lib = Path.of(System.getProperty("penstock.broker.lib", ""));
        List<String> command = new ArrayList<>(List.of(
                LocalProcesses.java(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-XX:ErrorFile=" + folder.logs().resolve("broker-crash-%p.log"),
                "-Xms96m",
                "-Xmx768m",
                "-XX:MaxDirectMemorySize=512m"));
        command.addAll(withoutTemporaryFolder(
                lib.resolveSibling("native"), System.getProperty("os.name", ""), System.getProperty("os.arch", "")));
        command.addAll(List.of(
                "-cp",
                lib + "/*",
                LocalProcesses.BROKER_MAIN,
                // As the control plane: this is where drills and benchmarks run.
                "--allow-modelled-stores",
                "--store-model",
                folder.storeModel().toString()));
        return command;
    }

    /// Where native code is found; nothing on a system for which none is unpacked: there brokers need a temporary
    /// folder.
    static List<String> withoutTemporaryFolder(Path unpacked, String system, String architecture) {
        boolean x86 = architecture.equals("amd64") || architecture.equals("x86_64");
        String name = x86 ? "amd64" : architecture;
        Path snappy = unpacked.resolve("org/xerial/snappy/native/Linux").resolve(x86 ? "x86_64" : architecture);
        Path lz4 = unpacked.resolve("net/jpountz/util/linux").resolve(name);
        Optional<Path> zstd = onlyFileIn(unpacked.resolve("linux").resolve(name));
        if (!system.equals("Linux") || zstd.isEmpty() || !Files.isDirectory(lz4) || !Files.isDirectory(snappy)) {
            return List.of();
        }
        return List.of(
                "-Djava.io.tmpdir=" + NO_TEMPORARY_FOLDER,
                "-Djava.library.path=" + lz4 + File.pathSeparator + unpacked.resolve("META-INF/native"),
                "-DZstdNativePath=" + zstd.get(),
                "-Dorg.xerial.snappy.lib.path=" + snappy,
                "-Dorg.xerial.snappy.lib.name=libsnappyjava.so");
    }

    private static Optional<Path> onlyFileIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).reduce((one, other) -> {
                throw new Trouble(Trouble.SOFTWARE, "both " + one + " and " + other + " are there; build anew");
            });
        } catch (IOException e) {
            throw new Trouble(Trouble.SOFTWARE, "cannot look into " + folder + ": " + e.getMessage());
        }
    }
}
