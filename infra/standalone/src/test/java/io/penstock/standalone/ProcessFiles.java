// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/// What a running process does with files, as Linux tells in `/proc/<pid>` (proc(5)).
record ProcessFiles(
        Set<Path> writable, Set<Path> mappedAndYoungerThanTheProcess, Path workingFolder, List<String> arguments) {
    private static final int ACCESS_MODE = 3;
    private static final int READ_ONLY = 0;

    static ProcessFiles of(long pid) {
        try {
            Path process = Path.of("/proc", Long.toString(pid));
            ProcessHandle handle = ProcessHandle.of(pid).orElseThrow();
            Instant started = handle.info().startInstant().orElseThrow();
            return new ProcessFiles(
                    writable(process),
                    mapped(process, started),
                    Files.readSymbolicLink(process.resolve("cwd")),
                    List.of(handle.info().arguments().orElseThrow()));
        } catch (IOException e) {
            throw new AssertionError("cannot look at process " + pid, e);
        }
    }

    /// The rest of the only argument that begins so.
    String argument(String beginning) {
        List<String> found = arguments.stream()
                .filter(argument -> argument.startsWith(beginning))
                .map(argument -> argument.substring(beginning.length()))
                .toList();
        return found.size() == 1 ? found.getFirst() : found.toString();
    }

    /// Files that are open for writing; devices, sockets and pipes left out.
    private static Set<Path> writable(Path process) throws IOException {
        Set<Path> found = new TreeSet<>();
        List<Path> descriptors;
        try (Stream<Path> all = Files.list(process.resolve("fd"))) {
            descriptors = all.toList();
        }
        for (Path descriptor : descriptors) {
            try {
                String target = Files.readSymbolicLink(descriptor).toString();
                Path info = process.resolve("fdinfo").resolve(descriptor.getFileName());
                int flags = Files.readAllLines(info).stream()
                        .filter(line -> line.startsWith("flags:"))
                        .mapToInt(line -> Integer.parseInt(line.substring(6).strip(), 8))
                        .findFirst()
                        .orElseThrow();
                if (target.startsWith("/") && !target.startsWith("/dev/") && (flags & ACCESS_MODE) != READ_ONLY) {
                    found.add(Path.of(target));
                }
            } catch (NoSuchFileException closedMeanwhile) {
                // Was open when we listed, and is not now.
            }
        }
        return found;
    }

    /// Mapped files that were made or changed after the process began, or are deleted already: what it unpacked for
    /// itself.
    private static Set<Path> mapped(Path process, Instant started) throws IOException {
        Set<Path> found = new TreeSet<>();
        for (String line : Files.readAllLines(process.resolve("maps"))) {
            int path = line.indexOf('/');
            if (path >= 0 && !line.startsWith("/dev/", path)) {
                Path file = Path.of(line.substring(path));
                boolean known = Files.exists(file);
                if (!known || Files.getLastModifiedTime(file).toInstant().isAfter(started)) {
                    found.add(file);
                }
            }
        }
        return found;
    }
}
