// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Makes folders and the names in them durable.
///
/// Callers that need the same folder synced at the same time share one fsync: each waits for one that *began* after
/// it asked. A folder whose fsync failed once is never trusted again by this process, because the kernel reports a
/// lost write only once and calls the next fsync a success.
final class DurableFolders {
    private final Disk disk;
    private final Path root;
    /// Folders whose own name, and those of all above, are durable. They stay few: one per WAL generation and so on.
    private final Set<Path> durable = ConcurrentHashMap.newKeySet();
    private final Map<Path, SharedSync> syncs = new ConcurrentHashMap<>();

    DurableFolders(Disk disk, Path root) {
        this.disk = disk;
        this.root = root;
    }

    /// Makes the folder exist, durably, with all its parents below the root.
    void ensure(Path folder) throws IOException {
        if (folder.equals(root) || durable.contains(folder)) {
            return;
        }
        Path parent = KeyPaths.folderOf(folder);
        ensure(parent);
        try {
            disk.makeFolder(folder);
        } catch (FileAlreadyExistsException _) {
            if (!disk.stat(folder).isFolder()) {
                throw new IOException(folder + " is an object: no key may be a path prefix of another");
            }
        }
        // Also when somebody else made it: nobody knows whether he lived to sync it.
        sync(parent);
        durable.add(folder);
    }

    /// Forgets what is known about a folder and its parents: one of them vanished.
    void forget(Path folder) {
        for (Path path = folder; path != null && !path.equals(root); path = path.getParent()) {
            durable.remove(path);
        }
    }

    /// Forgets one folder that was removed on purpose.
    void forgetOnly(Path folder) {
        durable.remove(folder);
        syncs.remove(folder);
    }

    /// Makes durable every name that is in the folder, or gone from it, at this moment.
    void sync(Path folder) throws IOException {
        SharedSync shared = syncs.computeIfAbsent(folder, _ -> new SharedSync());
        shared.sync(folder);
    }

    private final class SharedSync {
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition ended = lock.newCondition();
        private long lastBegun;
        private long lastEnded;
        private boolean running;
        private @Nullable IOException distrust;
        private @Nullable IOException lastFailure;

        void sync(Path folder) throws IOException {
            lock.lock();
            try {
                long mine = lastBegun + 1;
                while (running && lastEnded < mine) {
                    ended.awaitUninterruptibly();
                }
                if (lastEnded < mine) {
                    run(folder);
                }
                if (distrust != null) {
                    throw new IOException("the names in " + folder + " may not be durable", distrust);
                }
                if (lastFailure != null) {
                    throw lastFailure;
                }
            } finally {
                lock.unlock();
            }
        }

        /// Called and left with the lock held; the fsync itself runs without.
        private void run(Path folder) {
            running = true;
            lastBegun++;
            long number = lastBegun;
            lock.unlock();
            IOException failure = null;
            try {
                disk.syncFolder(folder);
            } catch (IOException e) {
                failure = e;
            } catch (RuntimeException e) {
                failure = new IOException(e);
            } finally {
                lock.lock();
                running = false;
                lastEnded = number;
                lastFailure = failure;
                if (failure instanceof SyncFailedException) {
                    distrust = failure;
                }
                ended.signalAll();
            }
        }
    }
}
