// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.MetaKeys;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/// Writes a snapshot of the newest image, so that starting need not replay the whole metalog.
///
/// The newest two are kept: a reader that finds the newest one damaged takes the one before.
///
/// What it writes is replayed from the bucket for the purpose, never taken from rows or from what was pushed: a
/// database that was put back must not find its way into a snapshot.
public final class SnapshotWriter {
    private static final int KEPT = 2;

    private final ObjectStore store;
    private final MetaKeys keys;
    private final FollowerSettings settings;
    private final MetalogTimer timer;
    private final Executor actor;

    public SnapshotWriter(
            ObjectStore store, MetaKeys keys, FollowerSettings settings, MetalogTimer timer, Executor actor) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.timer = timer;
        this.actor = actor;
    }

    /// Replays, then puts the snapshot if there is none at that entry yet, then deletes those that are too old
    /// to be read by anybody. The future never fails.
    public CompletableFuture<SnapshotOutcome> write() {
        MetalogFollower replay = new MetalogFollower(store, keys, settings, timer, actor, new Silent());
        return replay.start()
                .thenComposeAsync(this::put, actor)
                .thenComposeAsync(this::trim, actor)
                .exceptionally(failure -> new SnapshotOutcome.NotStored(String.valueOf(failure.getMessage())))
                .whenComplete((_, _) -> replay.close());
    }

    private CompletableFuture<SnapshotOutcome> put(ClusterImage image) {
        int number = image.number();
        if (number == 0) {
            return CompletableFuture.completedFuture(new SnapshotOutcome.NotStored("the metalog is empty"));
        }
        ByteBuffer bytes = ByteBuffer.wrap(MetaSnapshot.encode(image));
        return store.put(keys.snapshot(number), bytes, PutCondition.ifAbsent()).thenApply(outcome -> switch (outcome) {
            // The same image always has the same bytes, so whoever was first wrote ours.
            case PutOutcome.Stored _, PutOutcome.Refused _ -> new SnapshotOutcome.Stored(number);
            case PutOutcome.Unknown(Throwable cause) -> new SnapshotOutcome.NotStored(cause.toString());
        });
    }

    /// What is not deleted now is deleted next time.
    private CompletableFuture<SnapshotOutcome> trim(SnapshotOutcome written) {
        if (!(written instanceof SnapshotOutcome.Stored)) {
            return CompletableFuture.completedFuture(written);
        }
        return store.list(keys.snapshots(), Optional.empty(), 1000).thenCompose(outcome -> {
            List<CompletableFuture<DeleteOutcome>> deletes = new ArrayList<>();
            if (outcome instanceof ListOutcome.Listed(List<ListOutcome.Entry> found, boolean more)) {
                int old = more ? found.size() : Math.max(0, found.size() - KEPT);
                found.subList(0, old).forEach(snapshot -> deletes.add(store.delete(snapshot.key())));
            }
            return CompletableFuture.allOf(deletes.toArray(CompletableFuture<?>[]::new))
                    .thenApply(done -> written);
        });
    }

    private static final class Silent implements ImageListener {
        @Override
        public void imageChanged(ImageChange change) {
            // The last image is all that is wanted.
        }

        @Override
        public void followingStopped(String reason) {
            // The future tells.
        }
    }
}
