// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectVersion;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Finds which file is a key's object right now.
///
/// What it answers was so at one instant between call and answer, although the disk is read in several steps: the
/// steps are repeated until the anchor is the same before and after, and so is its highest successor. Anchors never
/// come back (their versions are random), successors only grow.
final class CurrentObjects {
    /// A reader is sent round again only by a write of the same key in the same microseconds.
    private static final int ATTEMPTS = 1000;

    /// @param number 0 for the anchor itself, else the successor's
    /// @param file open; the reader's to use until it returns
    record Current(ObjectVersion anchor, long number, ObjectVersion version, Disk.OpenFile file) {}

    interface Reader<T> {
        T read(Current current) throws IOException;
    }

    private final Disk disk;
    private final KeyPaths paths;

    CurrentObjects(Disk disk, KeyPaths paths) {
        this.disk = disk;
        this.paths = paths;
    }

    /// Reads the current object, or answers null if there is none.
    <T> @Nullable T read(ObjectKey key, Reader<T> reader) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try (Disk.OpenFile anchorFile = disk.open(paths.anchor(key))) {
                ObjectVersion anchor = ObjectFile.versionOf(anchorFile);
                T result = readOf(key, anchor, anchorFile, reader);
                if (result != null && isAnchor(key, anchor)) {
                    return result;
                }
            } catch (NoSuchFileException _) {
                return null;
            }
        }
        throw new IOException("'" + key + "' changed " + ATTEMPTS + " times while it was read");
    }

    private <T> @Nullable T readOf(ObjectKey key, ObjectVersion anchor, Disk.OpenFile anchorFile, Reader<T> reader)
            throws IOException {
        Path successors = paths.successors(key, anchor);
        long highest = highest(successors);
        if (highest == 0) {
            T result = reader.read(new Current(anchor, 0, anchor, anchorFile));
            return highest(successors) == 0 ? result : null;
        }
        try (Disk.OpenFile file = disk.open(KeyPaths.successor(successors, highest))) {
            T result = reader.read(new Current(anchor, highest, ObjectFile.versionOf(file), file));
            return highest(successors) == highest ? result : null;
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    /// Whether the key's anchor is still that one.
    boolean isAnchor(ObjectKey key, ObjectVersion anchor) throws IOException {
        try (Disk.OpenFile file = disk.open(paths.anchor(key))) {
            return ObjectFile.versionOf(file).equals(anchor);
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    /// Number of the last successor, 0 if there is none.
    long highest(Path successors) throws IOException {
        long highest = 0;
        try {
            for (String name : disk.names(successors)) {
                highest = Math.max(highest, Long.parseLong(name));
            }
        } catch (NoSuchFileException _) {
            return 0;
        }
        return highest;
    }
}
