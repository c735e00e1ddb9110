// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.purge;

import io.penstock.log.LogRuntime;
import io.penstock.metadata.ClusterIdentity;
import io.penstock.metadata.MetadataFormatException;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Deletes everything below one cluster's prefix: the log first, then the metalog, the identity last.
///
/// Only what carries the cluster's own identity is touched, and since the identity goes last, a purge that was
/// interrupted is taken up by the next one. A store that does not answer is asked again, for as long as it
/// takes.
public final class PrefixPurge {
    private static final Logger log = LoggerFactory.getLogger(PrefixPurge.class);
    private static final int PAGE = 1000;
    private static final int AT_ONCE = 16;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String clusterId;
    private final ClusterPrefix prefix;
    private final ObjectKey identity;
    private final ObjectStore store;
    private final LogRuntime runtime;
    private final Executor actor;
    private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();
    private long deleted;
    private boolean stopped;

    /// What became of it.
    public sealed interface Outcome {
        /// Nothing is left.
        record Purged(long objects) implements Outcome {}

        /// The prefix belongs to something else; nothing was deleted.
        record NotOurs(String found) implements Outcome {}
    }

    public PrefixPurge(String clusterId, ClusterPrefix prefix, ObjectStore store, LogRuntime runtime) {
        this.clusterId = clusterId;
        this.prefix = prefix;
        this.identity = new MetaKeys(prefix).cluster();
        this.store = store;
        this.runtime = runtime;
        this.actor = runtime.newActor("purge-" + clusterId);
    }

    /// Starts. The future never fails; it stays open if the purge is stopped.
    public CompletableFuture<Outcome> start() {
        actor.execute(this::checkIdentity);
        return outcome;
    }

    /// Deletes no more. What is under way may still happen.
    public void stop() {
        actor.execute(() -> stopped = true);
    }

    private void checkIdentity() {
        store.get(identity)
                .thenAcceptAsync(
                        answer -> {
                            switch (answer) {
                                case GetOutcome.Absent absent -> outcome.complete(new Outcome.Purged(deleted));
                                case GetOutcome.Failed failed -> again(this::checkIdentity);
                                case GetOutcome.Found found -> {
                                    String owner = owner(found);
                                    if (owner.equals(clusterId)) {
                                        deleteLog(Optional.empty());
                                    } else {
                                        outcome.complete(new Outcome.NotOurs(owner));
                                    }
                                }
                            }
                        },
                        actor);
    }

    private static String owner(GetOutcome.Found found) {
        try {
            return ClusterIdentity.decode(found.bytes()).clusterId();
        } catch (MetadataFormatException e) {
            return "an identity that cannot be read: " + e.getMessage();
        }
    }

    private void deleteLog(Optional<ObjectKey> after) {
        deletePage(after, key -> !isMeta(key), this::deleteLog, () -> deleteMetalog(Optional.empty()));
    }

    private void deleteMetalog(Optional<ObjectKey> after) {
        deletePage(
                after,
                key -> !key.equals(identity),
                this::deleteMetalog,
                () -> deleteAll(
                        new ArrayDeque<>(List.of(identity)), () -> outcome.complete(new Outcome.Purged(deleted))));
    }

    private boolean isMeta(ObjectKey key) {
        String below = key.value().substring(prefix.value().length() + 1);
        return below.startsWith("meta/") || below.startsWith("meta-snapshot/") || key.equals(identity);
    }

    private interface Page {
        void following(Optional<ObjectKey> last);
    }

    private void deletePage(Optional<ObjectKey> after, Predicate<ObjectKey> which, Page next, Runnable done) {
        if (stopped) {
            return;
        }
        store.list(prefix.value() + "/", after, PAGE)
                .thenAcceptAsync(
                        answer -> {
                            switch (answer) {
                                case ListOutcome.Failed failed -> again(() -> deletePage(after, which, next, done));
                                case ListOutcome.Listed(List<ListOutcome.Entry> found, boolean more) -> {
                                    Deque<ObjectKey> keys = new ArrayDeque<>();
                                    found.stream()
                                            .map(ListOutcome.Entry::key)
                                            .filter(which)
                                            .forEach(keys::add);
                                    Runnable then = more
                                            ? () -> next.following(
                                                    Optional.of(found.getLast().key()))
                                            : done;
                                    deleteAll(keys, then);
                                }
                            }
                        },
                        actor);
    }

    /// A few at a time: deleting must not push aside what living clusters need.
    private void deleteAll(Deque<ObjectKey> keys, Runnable done) {
        if (stopped) {
            return;
        }
        if (keys.isEmpty()) {
            done.run();
            return;
        }
        Map<ObjectKey, CompletableFuture<DeleteOutcome>> batch = new HashMap<>();
        while (batch.size() < AT_ONCE && !keys.isEmpty()) {
            ObjectKey key = keys.remove();
            batch.put(key, store.delete(key));
        }
        CompletableFuture.allOf(batch.values().toArray(CompletableFuture<?>[]::new))
                .thenRunAsync(() -> deleted(batch, keys, done), actor);
    }

    private void deleted(Map<ObjectKey, CompletableFuture<DeleteOutcome>> batch, Deque<ObjectKey> keys, Runnable done) {
        boolean uncertain = false;
        for (Map.Entry<ObjectKey, CompletableFuture<DeleteOutcome>> one : batch.entrySet()) {
            switch (one.getValue().join()) {
                case DeleteOutcome.Deleted gone -> deleted++;
                case DeleteOutcome.Unknown unknown -> {
                    keys.add(one.getKey());
                    uncertain = true;
                }
            }
        }
        if (uncertain) {
            again(() -> deleteAll(keys, done));
        } else {
            deleteAll(keys, done);
        }
    }

    private void again(Runnable step) {
        if (!stopped) {
            log.info("cluster={} the bucket does not answer; its purge goes on in a moment", clusterId);
            runtime.schedule(PAUSE, actor, step);
        }
    }
}
