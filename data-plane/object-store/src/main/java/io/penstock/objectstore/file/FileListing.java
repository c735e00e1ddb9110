// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Walks the folders of a file store in the order of keys, as far as one listing needs.
///
/// A folder sorts as its name with `/` behind it: so `a-b` and `a.b` come before what lies in `a`, as in S3.
final class FileListing {
    private final Disk disk;
    private final CurrentObjects objects;
    private final String prefix;
    private final @Nullable String after;
    private final int limit;
    private final List<ListOutcome.Entry> found = new ArrayList<>();

    private FileListing(Disk disk, CurrentObjects objects, String prefix, @Nullable String after, int limit) {
        this.disk = disk;
        this.objects = objects;
        this.prefix = prefix;
        this.after = after;
        this.limit = limit;
    }

    static ListOutcome.Listed list(
            Disk disk, CurrentObjects objects, Path root, String prefix, Optional<ObjectKey> after, int limit)
            throws IOException {
        FileListing listing = new FileListing(
                disk, objects, prefix, after.map(ObjectKey::value).orElse(null), limit);
        String folder = prefix.substring(0, prefix.lastIndexOf('/') + 1);
        if (!isLegal(folder)) {
            return new ListOutcome.Listed(List.of(), false);
        }
        boolean more = listing.walk(root.resolve(folder), folder);
        return new ListOutcome.Listed(listing.found, more);
    }

    /// A prefix that no key can have finds nothing, and never leads out of the root.
    private static boolean isLegal(String folder) {
        if (folder.isEmpty()) {
            return true;
        }
        try {
            ObjectKey.of(folder.substring(0, folder.length() - 1));
            return true;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private record Name(String path, boolean isFolder, Disk.Stat stat) {
        String order() {
            return isFolder ? path + "/" : path;
        }
    }

    /// Answers whether it stopped because of the limit.
    private boolean walk(Path folder, String folderPath) throws IOException {
        List<Name> names = new ArrayList<>();
        Set<String> replaced = new HashSet<>();
        for (String name : names(folder)) {
            if (!KeyPaths.isOfKeys(name)) {
                replaced.add(folderPath + KeyPaths.keyName(name));
            } else if (concerns(folderPath + name)) {
                stat(folder.resolve(name))
                        .ifPresent(stat -> names.add(new Name(folderPath + name, stat.isFolder(), stat)));
            }
        }
        names.sort(Comparator.comparing(Name::order));
        for (Name name : names) {
            boolean full = name.isFolder()
                    ? walk(folder.resolve(lastSegment(name.path())), name.path() + "/")
                    : !add(name, replaced.contains(name.path()));
            if (full) {
                return true;
            }
        }
        return false;
    }

    private static String lastSegment(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /// Whether the key of this path, or one below it, may be in the listing.
    private boolean concerns(String path) {
        String below = path + "/";
        boolean ofPrefix = path.startsWith(prefix) || prefix.startsWith(below);
        boolean passed =
                after != null && path.compareTo(after) <= 0 && !after.startsWith(below) && below.compareTo(after) <= 0;
        return ofPrefix && !passed;
    }

    /// Answers false when the listing is full already.
    private boolean add(Name name, boolean replaced) throws IOException {
        if (!name.path().startsWith(prefix) || (after != null && name.path().compareTo(after) <= 0)) {
            return true;
        }
        if (found.size() == limit) {
            return false;
        }
        ObjectKey key = ObjectKey.of(name.path());
        long modified = name.stat().lastModifiedMillis();
        if (replaced) {
            Long size = objects.read(
                    key, current -> ObjectFile.objectSize(current.file().size()));
            if (size != null) {
                found.add(new ListOutcome.Entry(key, size, modified));
            }
        } else {
            found.add(
                    new ListOutcome.Entry(key, ObjectFile.objectSize(name.stat().size()), modified));
        }
        return true;
    }

    private List<String> names(Path folder) throws IOException {
        try {
            return disk.names(folder);
        } catch (NoSuchFileException | NotDirectoryException _) {
            return List.of();
        }
    }

    private Optional<Disk.Stat> stat(Path path) throws IOException {
        try {
            return Optional.of(disk.stat(path));
        } catch (NoSuchFileException _) {
            return Optional.empty();
        }
    }
}
