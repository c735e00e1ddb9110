// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.HeadOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An object store in a folder of a local disk, shared by any number of threads and processes of one machine.
///
/// Takes no lock, so a frozen or killed writer never holds up another. Every answer to a put, stored or refused, is
/// given after the fsyncs that make it true for ever; an fsync that fails makes the answer unknown.
public final class FileObjectStore implements ObjectStore {
    private static final Logger LOG = LoggerFactory.getLogger(FileObjectStore.class);

    private final Disk disk;
    private final KeyPaths paths;
    private final DurableFolders folders;
    private final CurrentObjects objects;
    private final Executor blocking;
    private final RandomGenerator random;
    private final InstantSource clock;
    private final FileStoreSettings settings;
    private volatile boolean closed;

    FileObjectStore(
            Disk disk,
            Path root,
            Executor blocking,
            RandomGenerator random,
            InstantSource clock,
            FileStoreSettings settings) {
        this.disk = disk;
        this.paths = new KeyPaths(root);
        this.folders = new DurableFolders(disk, root);
        this.objects = new CurrentObjects(disk, paths);
        this.blocking = blocking;
        this.random = random;
        this.clock = clock;
        this.settings = settings;
    }

    /// Opens the store in `root`, which is created if need be, and removes what crashed writers left behind.
    ///
    /// Blocks for the disk. Fails if the folder cannot be written, or its file system has no hard links.
    ///
    /// @param blocking runs what waits for the disk: as many puts wait for their fsync at the same time as it has
    ///     threads. Not closed with the store
    /// @param random must not give the same numbers to two processes that share the folder: a `SecureRandom`
    public static FileObjectStore open(
            Path root, Executor blocking, RandomGenerator random, InstantSource clock, FileStoreSettings settings)
            throws IOException {
        Path absolute = root.toAbsolutePath().normalize();
        OsDisk disk = new OsDisk();
        createDurably(disk, absolute);
        FileObjectStore store = new FileObjectStore(disk, absolute, blocking, random, clock, settings);
        store.folders.ensure(store.paths.temporaries());
        store.proveThatLinksWork();
        store.sweep();
        return store;
    }

    private static void createDurably(Disk disk, Path root) throws IOException {
        Path parent = root.getParent();
        if (Files.isDirectory(root) || parent == null) {
            return;
        }
        createDurably(disk, parent);
        try {
            disk.makeFolder(root);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isDirectory(root)) {
                throw e;
            }
        }
        disk.syncFolder(parent);
    }

    private void proveThatLinksWork() throws IOException {
        Path file = paths.temporary(nextVersion());
        Path name = paths.temporary(nextVersion());
        disk.create(file).close();
        try {
            disk.link(file, name);
            disk.unlink(name);
        } finally {
            disk.unlink(file);
        }
    }

    /// Removes temporary files that no living writer can need.
    private void sweep() throws IOException {
        long before = clock.millis() - settings.temporaryGrace().toMillis();
        for (String name : disk.names(paths.temporaries())) {
            Path file = paths.temporaries().resolve(name);
            try {
                if (disk.stat(file).lastModifiedMillis() < before) {
                    disk.unlink(file);
                }
            } catch (NoSuchFileException _) {
                // Its writer was quicker.
            }
        }
    }

    @Override
    public CompletableFuture<PutOutcome> put(ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        ByteBuffer source = bytes.asReadOnlyBuffer();
        return answer(
                () -> switch (condition) {
                    case PutCondition.IfAbsent() -> create(key, source);
                    case PutCondition.Always() -> replace(key, source);
                    case PutCondition.IfVersion(ObjectVersion expected) -> succeed(key, source, expected);
                },
                PutOutcome.Unknown::new);
    }

    private PutOutcome create(ObjectKey key, ByteBuffer bytes) throws IOException {
        Path anchor = paths.anchor(key);
        Path folder = KeyPaths.folderOf(anchor);
        if (exists(anchor)) {
            return refusedBy(anchor, folder);
        }
        ObjectVersion version = nextVersion();
        Path temporary = paths.temporary(version);
        try {
            write(temporary, bytes, version);
            folders.ensure(folder);
            linkInto(folder, temporary, anchor);
        } catch (FileAlreadyExistsException _) {
            return refusedBy(anchor, folder);
        } finally {
            discard(temporary);
        }
        folders.sync(folder);
        return new PutOutcome.Stored(version);
    }

    private void linkInto(Path folder, Path temporary, Path name) throws IOException {
        try {
            disk.link(temporary, name);
        } catch (NoSuchFileException _) {
            // Somebody removed the folder, or our temporary file; only the first can be mended.
            folders.forget(folder);
            folders.ensure(folder);
            disk.link(temporary, name);
        }
    }

    /// "Something else is there" must be as durable as "ours is there": it may be our own, whose answer was lost.
    private PutOutcome refusedBy(Path anchor, Path folder) throws IOException {
        if (disk.stat(anchor).isFolder()) {
            throw new IOException(anchor + " is a folder of other keys: no key may be a path prefix of another");
        }
        folders.ensure(folder);
        folders.sync(folder);
        return new PutOutcome.Refused();
    }

    private PutOutcome replace(ObjectKey key, ByteBuffer bytes) throws IOException {
        Path anchor = paths.anchor(key);
        Path folder = KeyPaths.folderOf(anchor);
        ObjectVersion version = nextVersion();
        Path temporary = paths.temporary(version);
        @Nullable ObjectVersion before;
        try {
            write(temporary, bytes, version);
            folders.ensure(folder);
            before = anchorOf(key);
            try {
                disk.replace(temporary, anchor);
            } catch (NoSuchFileException _) {
                folders.forget(folder);
                folders.ensure(folder);
                disk.replace(temporary, anchor);
            }
        } catch (IOException | RuntimeException e) {
            discard(temporary);
            throw e;
        }
        folders.sync(folder);
        if (before != null) {
            discardSuccessors(key, before);
        }
        return new PutOutcome.Stored(version);
    }

    private record Expected(ObjectVersion anchor, long number, boolean isCurrent) {}

    /// Compare-and-set: the next number of the anchor's successors has one winner.
    private PutOutcome succeed(ObjectKey key, ByteBuffer bytes, ObjectVersion expected) throws IOException {
        Path folder = KeyPaths.folderOf(paths.anchor(key));
        Expected found = objects.read(
                key,
                current -> new Expected(
                        current.anchor(), current.number(), current.version().equals(expected)));
        if (found == null) {
            return refusedByAbsence(folder);
        }
        Path successors = paths.successors(key, found.anchor());
        if (!found.isCurrent()) {
            return refusedBySuccessor(found.number() == 0 ? folder : successors);
        }
        ObjectVersion version = nextVersion();
        Path temporary = paths.temporary(version);
        long number = found.number() + 1;
        try {
            write(temporary, bytes, version);
            folders.ensure(successors);
            disk.link(temporary, KeyPaths.successor(successors, number));
        } catch (FileAlreadyExistsException _) {
            return refusedBySuccessor(successors);
        } finally {
            discard(temporary);
        }
        folders.sync(successors);
        // A writer frozen before its link may find its number free again, long after others went on and the grace
        // removed what they wrote; or the key may be gone. Then nobody can tell what ours was.
        long highest = objects.highest(successors);
        if (highest != number) {
            throw new IOException("successor " + number + " of '" + key + "' is written, but " + highest + " exists");
        }
        if (!objects.isAnchor(key, found.anchor())) {
            throw new IOException("'" + key + "' was deleted or replaced while successor " + number + " was written");
        }
        discardOldSuccessors(successors, number);
        return new PutOutcome.Stored(version);
    }

    private PutOutcome refusedByAbsence(Path folder) throws IOException {
        try {
            folders.sync(folder);
        } catch (NoSuchFileException _) {
            // Without a folder there is no deletion to make durable.
        }
        return new PutOutcome.Refused();
    }

    private PutOutcome refusedBySuccessor(Path folder) throws IOException {
        folders.ensure(folder);
        folders.sync(folder);
        return new PutOutcome.Refused();
    }

    private void write(Path temporary, ByteBuffer bytes, ObjectVersion version) throws IOException {
        try (Disk.NewFile file = create(temporary)) {
            file.write(bytes);
            file.write(ObjectFile.trailer(version));
            file.sync();
        }
    }

    private Disk.NewFile create(Path temporary) throws IOException {
        try {
            return disk.create(temporary);
        } catch (NoSuchFileException _) {
            folders.forget(paths.temporaries());
            folders.ensure(paths.temporaries());
            return disk.create(temporary);
        }
    }

    private void discard(Path temporary) {
        try {
            disk.unlink(temporary);
        } catch (NoSuchFileException _) {
            // It was never created.
        } catch (IOException e) {
            LOG.warn("event=temporary_file_left file={} cause={}", temporary, e.toString());
        }
    }

    /// Removes versions that were replaced longer than the grace ago, the lowest first.
    private void discardOldSuccessors(Path successors, long current) {
        long before = clock.millis() - settings.versionGrace().toMillis();
        try {
            var numbers = disk.names(successors).stream()
                    .map(Long::parseLong)
                    .filter(number -> number < current)
                    .sorted()
                    .toList();
            for (long number : numbers) {
                Path next = KeyPaths.successor(successors, number + 1);
                if (disk.stat(next).lastModifiedMillis() > before) {
                    return;
                }
                disk.unlink(KeyPaths.successor(successors, number));
            }
        } catch (NoSuchFileException _) {
            // Another writer removes them, too.
        } catch (IOException e) {
            LOG.warn("event=old_versions_left folder={} cause={}", successors, e.toString());
        }
    }

    /// Removes what belonged to an anchor that is durably gone.
    private void discardSuccessors(ObjectKey key, ObjectVersion anchor) {
        Path successors = paths.successors(key, anchor);
        try {
            var names = disk.names(successors).stream().sorted().toList();
            for (String name : names) {
                disk.unlink(successors.resolve(name));
            }
            disk.removeFolder(successors);
            folders.forgetOnly(successors);
        } catch (NoSuchFileException _) {
            // The usual case: the key never saw a compare-and-set.
        } catch (IOException e) {
            LOG.warn("event=old_versions_left folder={} cause={}", successors, e.toString());
        }
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key) {
        return get(key, (long size) -> new Part(0, size));
    }

    @Override
    public CompletableFuture<GetOutcome> get(ObjectKey key, ByteRange range) {
        return get(key, (long size) -> {
            long start = range.startIn(size);
            return new Part(start, range.endIn(size) - start);
        });
    }

    private record Part(long start, long length) {}

    private interface PartOfSize {
        Part of(long size);
    }

    private CompletableFuture<GetOutcome> get(ObjectKey key, PartOfSize part) {
        return answer(
                () -> {
                    GetOutcome found = objects.read(key, current -> {
                        long size = ObjectFile.objectSize(current.file().size());
                        return new GetOutcome.Found(current.version(), bytes(key, current.file(), part.of(size)), size);
                    });
                    return found == null ? new GetOutcome.Absent() : found;
                },
                GetOutcome.Failed::new);
    }

    private static ByteBuffer bytes(ObjectKey key, Disk.OpenFile file, Part part) throws IOException {
        if (part.length() > Integer.MAX_VALUE - 8) {
            throw new IOException("'" + key + "' has too many bytes for one get, read ranges: " + part.length());
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) part.length());
        file.read(bytes, part.start());
        return bytes.flip().asReadOnlyBuffer();
    }

    @Override
    public CompletableFuture<HeadOutcome> head(ObjectKey key) {
        return answer(
                () -> {
                    HeadOutcome found = objects.read(
                            key,
                            current -> new HeadOutcome.Found(
                                    current.version(),
                                    ObjectFile.objectSize(current.file().size())));
                    return found == null ? new HeadOutcome.Absent() : found;
                },
                HeadOutcome.Failed::new);
    }

    @Override
    public CompletableFuture<ListOutcome> list(String prefix, Optional<ObjectKey> after, int limit) {
        ListOutcome.requireLimit(limit);
        return answer(
                () -> FileListing.list(disk, objects, paths.root(), prefix, after, limit), ListOutcome.Failed::new);
    }

    @Override
    public CompletableFuture<DeleteOutcome> delete(ObjectKey key) {
        return answer(
                () -> {
                    Path anchor = paths.anchor(key);
                    ObjectVersion version = anchorOf(key);
                    unlinkDurably(anchor);
                    if (version != null) {
                        // Only now: were the anchor back after a crash, its successors would have to be, too.
                        discardSuccessors(key, version);
                    }
                    return new DeleteOutcome.Deleted();
                },
                DeleteOutcome.Unknown::new);
    }

    private void unlinkDurably(Path anchor) throws IOException {
        try {
            disk.unlink(anchor);
        } catch (NoSuchFileException _) {
            // Gone already, but perhaps not durably.
        }
        try {
            folders.sync(KeyPaths.folderOf(anchor));
        } catch (NoSuchFileException _) {
            // Without a folder there is no name that could come back.
        }
    }

    private @Nullable ObjectVersion anchorOf(ObjectKey key) throws IOException {
        try (Disk.OpenFile file = disk.open(paths.anchor(key))) {
            return ObjectFile.versionOf(file);
        } catch (NoSuchFileException _) {
            return null;
        }
    }

    private boolean exists(Path path) throws IOException {
        try {
            disk.stat(path);
            return true;
        } catch (NoSuchFileException _) {
            return false;
        }
    }

    private ObjectVersion nextVersion() {
        return ObjectFile.version(random.nextLong(), random.nextLong());
    }

    @Override
    public void close() {
        closed = true;
    }

    /// Does the work on the blocking executor; whatever goes wrong is the outcome nobody can draw a conclusion from.
    private <T> CompletableFuture<T> answer(Callable<? extends T> work, Function<Throwable, ? extends T> failure) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        try {
            blocking.execute(() -> answer.complete(outcome(work, failure)));
        } catch (RuntimeException e) {
            answer.complete(failure.apply(e));
        }
        return answer;
    }

    private <T> T outcome(Callable<? extends T> work, Function<Throwable, ? extends T> failure) {
        try {
            if (closed) {
                throw new IOException("the store in " + paths.root() + " is closed");
            }
            return work.call();
        } catch (Throwable e) {
            return failure.apply(e);
        }
    }
}
