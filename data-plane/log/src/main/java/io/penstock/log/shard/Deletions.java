// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRuntime;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A cluster's queue of deletions: a few under way at once, and never more a second than the budget, so that
/// a mountain of garbage delays no produce request and no heartbeat.
///
/// On the actor.
final class Deletions {
    private static final Logger log = LoggerFactory.getLogger(Deletions.class);

    private static final int AT_ONCE = 4;
    private static final int ATTEMPTS = 5;

    private final ObjectStore objects;
    private final PatientStore store;
    private final LogRuntime runtime;
    private final Executor actor;
    private final Duration between;
    private final ArrayDeque<Wanted> wanted = new ArrayDeque<>();
    private int underWay;
    private boolean pausing;

    private record Wanted(ObjectKey key, CompletableFuture<Void> done) {}

    /// @param perSecond how many deletions may begin in a second
    Deletions(ObjectStore objects, PatientStore store, LogRuntime runtime, Executor actor, int perSecond) {
        this.objects = objects;
        this.store = store;
        this.runtime = runtime;
        this.actor = actor;
        this.between = Duration.ofNanos(1_000_000_000L / perSecond);
    }

    /// Deletes the object when its turn comes. What cannot be deleted after some attempts stays as garbage:
    /// harmless, and found by who walks the bucket.
    ///
    /// @return done when it is gone or given up
    CompletableFuture<Void> delete(ObjectKey key) {
        Wanted one = new Wanted(key, new CompletableFuture<>());
        wanted.addLast(one);
        next();
        return one.done;
    }

    private void next() {
        if (pausing || underWay == AT_ONCE || wanted.isEmpty()) {
            return;
        }
        Wanted one = wanted.removeFirst();
        underWay++;
        pausing = true;
        runtime.schedule(between, actor, () -> {
            pausing = false;
            next();
        });
        attempt(one.key, 1).thenRun(() -> {
            underWay--;
            one.done.complete(null);
            next();
        });
    }

    private CompletableFuture<Void> attempt(ObjectKey key, int number) {
        return objects.delete(key)
                .thenComposeAsync(
                        outcome -> switch (outcome) {
                            case DeleteOutcome.Deleted() -> {
                                runtime.metrics().objectDeleted();
                                yield CompletableFuture.completedFuture(null);
                            }
                            case DeleteOutcome.Unknown(Throwable cause) -> {
                                if (number == ATTEMPTS) {
                                    log.warn("not deleted: object={} cause={}", key, cause.toString());
                                    yield CompletableFuture.completedFuture(null);
                                }
                                yield store.pause(number).thenCompose(_ -> attempt(key, number + 1));
                            }
                        },
                        actor);
    }
}
