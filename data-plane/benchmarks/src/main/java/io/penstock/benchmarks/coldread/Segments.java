// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ListOutcome.Entry;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.opening.ObjectStoreEnvironment;
import io.penstock.objectstore.opening.ObjectStores;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;

/// The segments of the clusters in a bucket.
///
/// @param store the bucket, opened as brokers open theirs
/// @param bucket its URI
record Segments(ObjectStore store, String bucket, ExecutorService blocking, ScheduledExecutorService scheduler)
        implements AutoCloseable {
    private static final String FOLDER = "/segment/";
    private static final int PAGE = 1000;

    static Segments in(String bucket) {
        ExecutorService blocking = Executors.newCachedThreadPool();
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        return new Segments(
                ObjectStores.open(
                        bucket,
                        ObjectStoreEnvironment.of(
                                        blocking,
                                        scheduler,
                                        new SecureRandom(),
                                        InstantSource.system(),
                                        new SimpleMeterRegistry())
                                .allowingModelledStores()),
                bucket,
                blocking,
                scheduler);
    }

    /// What was merged away lies there for its grace, and is smaller than what took its place.
    List<Entry> largestFirst() {
        List<Entry> segments = new ArrayList<>();
        Optional<ObjectKey> after = Optional.empty();
        boolean more = true;
        while (more) {
            switch (store.list("", after, PAGE).join()) {
                case ListOutcome.Failed failed ->
                    throw new IllegalStateException("the store cannot be listed", failed.cause());
                case ListOutcome.Listed listed -> {
                    listed.objects().stream()
                            .filter(object -> object.key().value().contains(FOLDER))
                            .forEach(segments::add);
                    more = listed.more();
                    after = listed.objects().isEmpty()
                            ? after
                            : Optional.of(listed.objects().getLast().key());
                }
            }
        }
        segments.sort(Comparator.comparingLong(Entry::size).reversed());
        return segments;
    }

    /// Has the operating system forget what it keeps of the files of a store in a folder; everything there is on disk.
    ///
    /// @return whether it did
    boolean dropFromMemory() throws IOException, InterruptedException {
        if (!bucket.startsWith("file:")) {
            return false;
        }
        Path folder = Path.of(bucket.substring("file:".length()).replaceFirst("\\?.*", ""));
        Process drop = new ProcessBuilder(
                        "find",
                        folder.toString(),
                        "-type",
                        "f",
                        "-path",
                        "*" + FOLDER + "*",
                        "-exec",
                        "dd",
                        "if={}",
                        "iflag=nocache",
                        "count=0",
                        "status=none",
                        ";")
                .inheritIO()
                .start();
        return drop.waitFor() == 0;
    }

    @Override
    public void close() {
        store.close();
        scheduler.shutdownNow();
        blocking.shutdownNow();
    }
}
