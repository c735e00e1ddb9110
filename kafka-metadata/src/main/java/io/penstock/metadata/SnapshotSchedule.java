// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.MetaKeys;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has a snapshot of one metalog written whenever so much follows the newest one that replaying it would be
/// felt by whoever starts.
///
/// To be told of every entry that is stored. Nothing waits for it, several processes may do the same work, and
/// what fails is tried again at the next entry: a snapshot only speeds replay.
public final class SnapshotSchedule {
    private static final Logger log = LoggerFactory.getLogger(SnapshotSchedule.class);
    private static final int UNKNOWN = -1;

    private final ObjectStore store;
    private final MetaKeys keys;
    private final SnapshotSettings settings;
    private final SnapshotWriter writer;
    private final Executor actor;
    private int newest = UNKNOWN;
    private long bytesSince;
    private boolean busy;

    /// @param actor serial
    public SnapshotSchedule(
            ObjectStore store,
            MetaKeys keys,
            SnapshotSettings settings,
            FollowerSettings following,
            MetalogTimer timer,
            Executor actor) {
        this.store = store;
        this.keys = keys;
        this.settings = settings;
        this.writer = new SnapshotWriter(store, keys, following, timer, actor);
        this.actor = actor;
    }

    /// The entry is in the bucket.
    public void stored(EncodedEntry entry) {
        actor.execute(() -> {
            bytesSince += entry.size();
            if (!busy) {
                busy = true;
                whenDue(entry.number()).whenCompleteAsync((done, failure) -> busy = false, actor);
            }
        });
    }

    private CompletableFuture<Void> whenDue(int number) {
        if (newest == UNKNOWN) {
            return store.list(keys.snapshots(), Optional.empty(), 1000)
                    .thenComposeAsync(
                            outcome -> {
                                if (outcome instanceof ListOutcome.Listed(List<ListOutcome.Entry> found, boolean more)
                                        && !more) {
                                    newest = found.isEmpty()
                                            ? 0
                                            : numberOf(found.getLast().key());
                                    return writeIfDue(number);
                                }
                                return CompletableFuture.completedFuture(null);
                            },
                            actor);
        }
        return writeIfDue(number);
    }

    private CompletableFuture<Void> writeIfDue(int number) {
        if (number - newest < settings.entries() && bytesSince < settings.bytes()) {
            return CompletableFuture.completedFuture(null);
        }
        return writer.write()
                .thenAcceptAsync(
                        outcome -> {
                            switch (outcome) {
                                case SnapshotOutcome.Stored(int at) -> {
                                    newest = at;
                                    bytesSince = 0;
                                }
                                case SnapshotOutcome.NotStored(String reason) ->
                                    log.info("snapshot not stored: prefix={} reason={}", keys.prefix(), reason);
                            }
                        },
                        actor);
    }

    private static int numberOf(ObjectKey key) {
        return Math.toIntExact(MetaKeys.numberOf(key));
    }
}
