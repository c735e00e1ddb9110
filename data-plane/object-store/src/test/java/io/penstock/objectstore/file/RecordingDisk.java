// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// Writes down, in order, the calls that change the disk or make it durable, and fails or delays those it is told to.
final class RecordingDisk implements Disk {
    interface Interception {
        void before(String call) throws IOException;
    }

    private final Disk disk = new OsDisk();
    private final Path root;
    private final List<String> calls = new CopyOnWriteArrayList<>();
    private volatile Interception interception = _ -> {};

    RecordingDisk(Path root) {
        this.root = root;
    }

    /// Runs before every recorded call, on the caller's thread; what it throws the call throws.
    void intercept(Interception newInterception) {
        interception = newInterception;
    }

    List<String> calls() {
        return List.copyOf(calls);
    }

    void forget() {
        calls.clear();
    }

    /// Versions are random: shown as their first appearance in a name that a test can state.
    private String show(Path path) {
        String relative = root.relativize(path).toString();
        return relative.replaceAll("@tmp/.*", "temporary").replaceAll("@[0-9a-f]{32}", "@successors");
    }

    private void record(String call) throws IOException {
        interception.before(call);
        calls.add(call);
    }

    @Override
    public NewFile create(Path file) throws IOException {
        record("create " + show(file));
        NewFile created = disk.create(file);
        return new NewFile() {
            @Override
            public void write(ByteBuffer bytes) throws IOException {
                record("write " + bytes.remaining());
                created.write(bytes);
            }

            @Override
            public void sync() throws IOException {
                record("fsync " + show(file));
                created.sync();
            }

            @Override
            public void close() throws IOException {
                created.close();
            }
        };
    }

    @Override
    public void link(Path existing, Path name) throws IOException {
        record("link " + show(existing) + " " + show(name));
        disk.link(existing, name);
    }

    @Override
    public void replace(Path source, Path target) throws IOException {
        record("rename " + show(source) + " " + show(target));
        disk.replace(source, target);
    }

    @Override
    public void unlink(Path file) throws IOException {
        record("unlink " + show(file));
        disk.unlink(file);
    }

    @Override
    public void makeFolder(Path folder) throws IOException {
        record("mkdir " + show(folder));
        disk.makeFolder(folder);
    }

    @Override
    public void removeFolder(Path folder) throws IOException {
        record("rmdir " + show(folder));
        disk.removeFolder(folder);
    }

    @Override
    public void syncFolder(Path folder) throws IOException {
        record("fsync folder " + show(folder));
        disk.syncFolder(folder);
    }

    @Override
    public OpenFile open(Path file) throws IOException {
        return disk.open(file);
    }

    @Override
    public Stat stat(Path path) throws IOException {
        return disk.stat(path);
    }

    @Override
    public List<String> names(Path folder) throws IOException {
        return disk.names(folder);
    }
}
