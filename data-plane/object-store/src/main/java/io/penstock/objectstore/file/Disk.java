// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/// The few system calls the file store is made of, so that a test can record them, fail them, and lose what was not
/// synced. Every method blocks. Failures are told as `java.nio.file` does: `NoSuchFileException`,
/// `FileAlreadyExistsException`, else another `IOException`.
interface Disk {
    /// Creates a file that must not exist yet.
    NewFile create(Path file) throws IOException;

    /// link(2): gives `existing` a second name; fails if that name is taken.
    void link(Path existing, Path name) throws IOException;

    /// rename(2): `target` becomes `source`, whatever it was before.
    void replace(Path source, Path target) throws IOException;

    /// unlink(2); fails if nothing is there.
    void unlink(Path file) throws IOException;

    /// mkdir(2); fails if the name is taken.
    void makeFolder(Path folder) throws IOException;

    /// rmdir(2); fails if it is not empty.
    void removeFolder(Path folder) throws IOException;

    /// fsync(2) of a folder: the names in it become durable. A `SyncFailedException` tells that the fsync itself
    /// failed.
    void syncFolder(Path folder) throws IOException;

    /// Opens a file for reading.
    OpenFile open(Path file) throws IOException;

    /// stat(2).
    Stat stat(Path path) throws IOException;

    /// The names in a folder, in no order.
    List<String> names(Path folder) throws IOException;

    /// @param size in bytes; of no meaning for a folder
    record Stat(boolean isFolder, long size, long lastModifiedMillis) {}

    /// A file that is being written.
    interface NewFile extends Closeable {
        void write(ByteBuffer bytes) throws IOException;

        /// fsync(2): what was written becomes durable.
        void sync() throws IOException;
    }

    /// A file that is being read; it stays readable when its name is gone.
    interface OpenFile extends Closeable {
        long size() throws IOException;

        /// Fills `bytes` from `position` on; fails if the file ends before.
        void read(ByteBuffer bytes, long position) throws IOException;
    }
}
