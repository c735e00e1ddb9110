// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The folder that `./penstock up` keeps everything in.
///
/// ```
/// penstock.json   format and the choices of the first start     postgres/  the database
/// bucket/         the default object store                      logs/      one file a process
/// secrets/        API key, database password, key of keys       run/       what runs now
/// ```
final class DataFolder {
    /// Raised when an older Penstock could not read the folder any more.
    static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private final Path root;

    private DataFolder(Path root) {
        this.root = root;
    }

    /// Opens or creates the folder.
    ///
    /// @throws Trouble if it cannot be written, is not one of ours, or is of a newer format
    static DataFolder openOrCreate(Path path) {
        Path root = path.toAbsolutePath().normalize();
        try {
            Files.createDirectories(root);
        } catch (IOException e) {
            throw new Trouble(
                    Trouble.CANNOT_CREATE,
                    "the data folder " + root + " cannot be created (" + e.getMessage()
                            + "); choose another with --data DIR");
        }
        if (!Files.isWritable(root)) {
            throw new Trouble(
                    Trouble.CANNOT_CREATE,
                    "the data folder " + root + " is not writable; choose another with --data DIR");
        }
        DataFolder folder = new DataFolder(root);
        folder.checkFormat();
        for (String part : new String[] {"logs", "run", "secrets"}) {
            try {
                Files.createDirectories(root.resolve(part));
            } catch (IOException e) {
                throw new Trouble(Trouble.CANNOT_CREATE, "cannot create " + root.resolve(part) + ": " + e.getMessage());
            }
        }
        folder.restrict(root.resolve("secrets"), "rwx------");
        return folder;
    }

    /// Opens a folder that must exist already.
    static DataFolder open(Path path) {
        Path root = path.toAbsolutePath().normalize();
        if (!Files.isDirectory(root) || !Files.exists(root.resolve("penstock.json"))) {
            throw new Trouble(
                    Trouble.UNAVAILABLE,
                    "no Penstock data in " + root
                            + "; start it with ./penstock up, or name its folder with --data DIR");
        }
        DataFolder folder = new DataFolder(root);
        folder.checkFormat();
        return folder;
    }

    Path root() {
        return root;
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    /// While it is there, brokers find the bucket to be as it says (drills).
    Path storeModel() {
        return root.resolve("run").resolve("store-model");
    }

    Path bucket() {
        return root.resolve("bucket");
    }

    Path log(String name) {
        return root.resolve("logs").resolve(name + ".log");
    }

    Path logs() {
        return root.resolve("logs");
    }

    Path secret(String name) {
        return root.resolve("secrets").resolve(name);
    }

    /// While this file exists the supervisor leaves a dead control plane dead: the drills' switch.
    Path controlPlaneHold() {
        return root.resolve("run").resolve("control-plane.hold");
    }

    /// The choices of the first start, if there was one.
    Optional<Choices> choices() {
        Path file = root.resolve("penstock.json");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        return Optional.of(read(file, Choices.class));
    }

    void remember(Choices choices) {
        write(root.resolve("penstock.json"), choices);
    }

    /// What runs now, as far as the supervisor last said.
    Optional<RunState> running() {
        Path file = root.resolve("run").resolve("state.json");
        return Files.exists(file) ? Optional.of(read(file, RunState.class)) : Optional.empty();
    }

    void running(RunState state) {
        write(root.resolve("run").resolve("state.json"), state);
    }

    void nothingRuns() {
        try {
            Files.deleteIfExists(root.resolve("run").resolve("state.json"));
        } catch (IOException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot clear " + root.resolve("run") + ": " + e.getMessage());
        }
    }

    /// One supervisor a folder. The lock goes with the process that holds it, also by kill -9.
    ///
    /// @return empty if another one has it
    Optional<FileLock> lock() {
        try {
            FileChannel channel = FileChannel.open(
                    root.resolve("run").resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            @Nullable FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            }
            return Optional.ofNullable(lock);
        } catch (IOException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot lock " + root + ": " + e.getMessage());
        }
    }

    /// Reads a secret, or makes it with the given content for this user's eyes only.
    String secret(String name, java.util.function.Supplier<String> fresh) {
        Path file = secret(name);
        try {
            if (!Files.exists(file)) {
                Path draft = file.resolveSibling(name + ".new");
                Files.writeString(draft, fresh.get());
                restrict(draft, "rw-------");
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
            }
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot keep secrets in " + file + ": " + e.getMessage());
        }
    }

    private void checkFormat() {
        choices().ifPresent(choices -> {
            if (choices.format() > FORMAT) {
                throw new Trouble(
                        Trouble.DATA,
                        "the data folder " + root + " has format " + choices.format() + ", this Penstock knows up to "
                                + FORMAT + "; use the newer Penstock that wrote it, or another folder with --data DIR");
            }
        });
    }

    private <T> T read(Path file, Class<T> type) {
        try {
            return JSON.readValue(Files.readAllBytes(file), type);
        } catch (IOException | tools.jackson.core.JacksonException e) {
            throw new Trouble(
                    Trouble.DATA,
                    file + " cannot be read (" + e.getMessage()
                            + "); restore it, or use another folder with --data DIR");
        }
    }

    private void write(Path file, Object value) {
        Path draft = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.write(draft, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value));
            try {
                Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(draft, file, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot write " + file + ": " + e.getMessage());
        }
    }

    private void restrict(Path path, String permissions) {
        try {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
        } catch (IOException | UnsupportedOperationException e) {
            throw new Trouble(Trouble.CANNOT_CREATE, "cannot make " + path + " private: " + e.getMessage());
        }
    }

    /// What the first start chose, and later ones keep unless told otherwise.
    ///
    /// @param controlPlanes replicas of the control plane; null in folders from before there could be several
    /// @param zones over which brokers and replicas of the control plane are spread; null likewise
    record Choices(
            int format,
            int httpPort,
            int kafkaPort,
            int brokers,
            String bucket,
            String profile,
            @Nullable Integer controlPlanes,
            @Nullable Integer zones) {
        int replicas() {
            return controlPlanes == null ? 1 : controlPlanes;
        }

        /// `zone-a` and so on; empty: nobody says.
        List<String> zoneNames() {
            return IntStream.range(0, zones == null ? 0 : zones)
                    .mapToObj(zone -> "zone-" + (char) ('a' + zone))
                    .toList();
        }
    }

    /// What runs now.
    ///
    /// @param httpPorts of the control plane's replicas
    /// @param ready whether everything serves
    record RunState(
            long supervisorPid,
            List<Integer> httpPorts,
            int kafkaPort,
            boolean ready,
            @Nullable String clusterId) {}
}
