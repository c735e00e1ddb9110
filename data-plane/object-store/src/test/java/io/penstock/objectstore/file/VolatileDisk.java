// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// A disk in memory that forgets, when the power goes, what was not synced: each name that no fsync of its folder
/// covered is kept or lost by chance, and so is each file's content that no fsync of the file covered.
///
/// The power goes before a call chosen in advance; every later call fails, as for a process that is gone.
final class VolatileDisk implements Disk {
    private sealed interface Node {}

    private static final class FileNode implements Node {
        private byte[] bytes = new byte[0];
        private byte[] synced = new byte[0];
    }

    private static final class FolderNode implements Node {
        private final Map<String, Node> names = new TreeMap<>();
        private final Map<String, Node> synced = new HashMap<>();
    }

    private final Path root;
    private final FolderNode top;
    private long callsLeft;

    VolatileDisk(Path root, long callsBeforePowerGoes) {
        this(root, new FolderNode(), callsBeforePowerGoes);
    }

    private VolatileDisk(Path root, FolderNode top, long callsLeft) {
        this.root = root;
        this.top = top;
        this.callsLeft = callsLeft;
    }

    boolean isDead() {
        return callsLeft <= 0;
    }

    /// What a machine finds when the power is back.
    VolatileDisk afterTheCrash(RandomGenerator chance, long callsBeforePowerGoes) {
        return new VolatileDisk(root, survivor(top, chance, new HashMap<>()), callsBeforePowerGoes);
    }

    private static FolderNode survivor(FolderNode folder, RandomGenerator chance, Map<FileNode, FileNode> files) {
        Map<String, Node> names = new TreeMap<>();
        Set<String> all = new TreeSet<>(folder.synced.keySet());
        all.addAll(folder.names.keySet());
        for (String name : all) {
            // A name that changed without an fsync of the folder is as it was or as it is, never something else.
            Node node = chance.nextBoolean() ? folder.names.get(name) : folder.synced.get(name);
            if (node != null) {
                names.put(name, node);
            }
        }
        FolderNode survivor = new FolderNode();
        names.forEach((name, node) -> {
            Node kept = switch (node) {
                case FolderNode below -> survivor(below, chance, files);
                case FileNode file -> files.computeIfAbsent(file, lost -> survivor(lost, chance));
            };
            survivor.names.put(name, kept);
            survivor.synced.put(name, kept);
        });
        return survivor;
    }

    private static FileNode survivor(FileNode file, RandomGenerator chance) {
        FileNode survivor = new FileNode();
        int length = Arrays.equals(file.synced, file.bytes)
                ? file.bytes.length
                : chance.nextInt(file.synced.length, file.bytes.length + 1);
        survivor.bytes = Arrays.copyOf(file.bytes, length);
        survivor.synced = survivor.bytes;
        return survivor;
    }

    private void call() throws IOException {
        if (callsLeft <= 0) {
            throw new IOException("the power is gone");
        }
        callsLeft--;
        if (callsLeft == 0) {
            throw new IOException("the power goes");
        }
    }

    private @Nullable Node find(Path path) throws NotDirectoryException {
        Node node = top;
        for (Path name : root.relativize(path)) {
            if (name.toString().isEmpty()) {
                continue;
            }
            if (!(node instanceof FolderNode folder)) {
                throw new NotDirectoryException(path.toString());
            }
            node = folder.names.get(name.toString());
            if (node == null) {
                return null;
            }
        }
        return node;
    }

    private FolderNode folder(Path path) throws IOException {
        return switch (find(path)) {
            case null -> throw new NoSuchFileException(path.toString());
            case FileNode _ -> throw new NotDirectoryException(path.toString());
            case FolderNode folder -> folder;
        };
    }

    private FileNode file(Path path) throws IOException {
        return switch (find(path)) {
            case null -> throw new NoSuchFileException(path.toString());
            case FolderNode _ -> throw new IOException(path + " is a folder");
            case FileNode file -> file;
        };
    }

    private static String nameOf(Path path) {
        return path.getFileName().toString();
    }

    private void add(Path path, Node node) throws IOException {
        if (folder(KeyPaths.folderOf(path)).names.putIfAbsent(nameOf(path), node) != null) {
            throw new FileAlreadyExistsException(path.toString());
        }
    }

    @Override
    public NewFile create(Path path) throws IOException {
        call();
        FileNode file = new FileNode();
        add(path, file);
        return new NewFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                call();
                int length = file.bytes.length;
                file.bytes = Arrays.copyOf(file.bytes, length + bytes.remaining());
                bytes.duplicate().get(file.bytes, length, bytes.remaining());
            }

            @Override
            public void sync() throws IOException {
                call();
                file.synced = file.bytes;
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        call();
        add(name, file(existing));
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        call();
        FileNode file = file(source);
        folder(KeyPaths.folderOf(target)).names.put(nameOf(target), file);
        folder(KeyPaths.folderOf(source)).names.remove(nameOf(source));
    }

    @Override
    public void unlink(Path path) throws IOException {
        call();
        file(path);
        folder(KeyPaths.folderOf(path)).names.remove(nameOf(path));
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        call();
        add(folder, new FolderNode());
    }

    @Override
    public void removeFolder(Path folder) throws IOException {
        call();
        if (!folder(folder).names.isEmpty()) {
            throw new DirectoryNotEmptyException(folder.toString());
        }
        folder(KeyPaths.folderOf(folder)).names.remove(nameOf(folder));
    }

    @Override
    public void syncFolder(Path path) throws IOException {
        call();
        FolderNode folder = folder(path);
        folder.synced.clear();
        folder.synced.putAll(folder.names);
    }

    @Override
    public OpenFile open(Path path) throws IOException {
        call();
        FileNode file = file(path);
        return new OpenFile() {
            @Override
            public long size() {
                return file.bytes.length;
            }

            @Override
            public void read(ByteBuffer bytes, long position) throws IOException {
                if (position + bytes.remaining() > file.bytes.length) {
                    throw new EOFException();
                }
                bytes.put(file.bytes, (int) position, bytes.remaining());
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public Stat stat(Path path) throws IOException {
        call();
        return switch (find(path)) {
            case null -> throw new NoSuchFileException(path.toString());
            case FolderNode _ -> new Stat(true, 0, 0);
            case FileNode file -> new Stat(false, file.bytes.length, 0);
        };
    }

    @Override
    public List<String> names(Path folder) throws IOException {
        call();
        return List.copyOf(folder(folder).names.keySet());
    }
}
