// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.io.EOFException;
import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/// The operating system's own disk.
final class OsDisk implements Disk {
    /// The JDK copies a heap buffer into a direct one of the same size, and keeps that per thread: feed it slices.
    private static final int SLICE_BYTES = 256 * 1024;

    @Override
    public NewFile create(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        return new NewFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                ByteBuffer source = bytes.duplicate();
                int limit = source.limit();
                while (source.position() < limit) {
                    source.limit(Math.min(limit, source.position() + SLICE_BYTES));
                    channel.write(source);
                }
            }

            @Override
            public void sync() throws IOException {
                channel.force(true);
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        Files.createLink(name, existing);
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void unlink(Path file) throws IOException {
        Files.delete(file);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        Files.createDirectory(folder);
    }

    @Override
    public void removeFolder(Path folder) throws IOException {
        Files.delete(folder);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            force(channel, folder);
        }
    }

    private static void force(FileChannel channel, Path folder) throws SyncFailedException {
        try {
            channel.force(true);
        } catch (IOException e) {
            SyncFailedException failure = new SyncFailedException("fsync of " + folder + " failed");
            failure.initCause(e);
            throw failure;
        }
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new OpenFile() {
            @Override
            public long size() throws IOException {
                return channel.size();
            }

            @Override
            public void read(ByteBuffer bytes, long position) throws IOException {
                int limit = bytes.limit();
                long at = position;
                while (bytes.position() < limit) {
                    bytes.limit(Math.min(limit, bytes.position() + SLICE_BYTES));
                    int count = channel.read(bytes, at);
                    if (count < 0) {
                        throw new EOFException(file + " ends at " + at);
                    }
                    at += count;
                }
            }

            @Override
            public void close() throws IOException {
                channel.close();
            }
        };
    }

    @Override
    public Stat stat(Path path) throws IOException {
        var attributes = Files.readAttributes(path, BasicFileAttributes.class);
        return new Stat(
                attributes.isDirectory(),
                attributes.size(),
                attributes.lastModifiedTime().toMillis());
    }

    @Override
    public List<String> names(Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            for (Path entry : entries) {
                names.add(entry.getFileName().toString());
            }
        } catch (DirectoryIteratorException e) {
            throw e.getCause();
        }
        return names;
    }
}
