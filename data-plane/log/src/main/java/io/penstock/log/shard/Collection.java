// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRuntime;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.manifest.Manifests;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets go of what nobody needs any more, a grace period after that became so: slots of our own WAL below the floor
/// (R5), replaced producer snapshots, and what abandoned attempts left behind.
///
/// The floor rises only as far as the manifest of every shard that ever wrote to the generation covers, whoever leads
/// it now; it never passes the frontier, so no seal is ever deleted. On the actor.
final class Collection {
    private static final Logger log = LoggerFactory.getLogger(Collection.class);

    private static final int ATTEMPTS_TO_DELETE = 5;
    private static final int LISTED_AT_ONCE = 1000;

    private final ObjectStore objects;
    private final PatientStore store;
    private final LogKeys keys;
    private final LogRuntime runtime;
    private final Executor actor;
    private final Incarnation incarnation;
    private final Floors floors;
    private final Manifests manifests;
    private final Duration grace;

    /// Floors of our own generations, as raised by us.
    private final Map<Integer, Long> raised = new HashMap<>();

    Collection(
            ObjectStore objects,
            PatientStore store,
            LogKeys keys,
            LogRuntime runtime,
            Executor actor,
            Incarnation incarnation,
            Floors floors,
            Manifests manifests,
            Duration grace) {
        this.objects = objects;
        this.store = store;
        this.keys = keys;
        this.runtime = runtime;
        this.actor = actor;
        this.incarnation = incarnation;
        this.floors = floors;
        this.manifests = manifests;
        this.grace = grace;
    }

    /// Raises the floors of our own generations as far as manifests cover them.
    CompletableFuture<Void> raiseFloors(OwnTail tail, Shards shards) {
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Map.Entry<Integer, Long> generation : new TreeMap<>(tail.ends()).entrySet()) {
            int number = generation.getKey();
            long end = generation.getValue();
            if (raised.getOrDefault(number, 0L) < end) {
                Map<ShardId, Long> writers = Map.copyOf(tail.writers(number));
                all = all.thenCompose(_ -> raise(number, end, writers, shards));
            }
        }
        return all;
    }

    private CompletableFuture<Void> raise(int generation, long end, Map<ShardId, Long> writers, Shards shards) {
        long before = raised.getOrDefault(generation, 0L);
        long covered = end;
        List<ShardId> elsewhere = new ArrayList<>();
        for (Map.Entry<ShardId, Long> writer : writers.entrySet()) {
            Optional<ShardManifest> ours = shards.manifestOf(writer.getKey());
            if (ours.isPresent()) {
                covered = Math.min(covered, covered(ours.get(), generation, writer.getValue(), end));
            } else {
                elsewhere.add(writer.getKey());
            }
        }
        if (covered <= before) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Long> least = CompletableFuture.completedFuture(covered);
        for (ShardId shard : elsewhere) {
            long lastSlot = writers.getOrDefault(shard, 0L);
            least = least.thenCombine(
                    manifests.read(shard),
                    (sofar, stored) -> Math.min(
                            sofar, stored.isEmpty() ? 0 : covered(stored.get().manifest(), generation, lastSlot, end)));
        }
        return least.thenCompose(to -> {
            if (to <= before) {
                return CompletableFuture.completedFuture(null);
            }
            return floors.raise(incarnation, generation, to).thenAccept(floor -> {
                raised.put(generation, floor);
                log.debug("floor raised: incarnation={} generation={} floor={}", incarnation, generation, floor);
                runtime.schedule(grace, actor, () -> deleteSlots(generation, before, to));
            });
        });
    }

    /// A shard absent from a slot needs nothing: behind its last slot it covers everything.
    private long covered(ShardManifest manifest, int generation, long lastSlot, long end) {
        long position = manifest.position(incarnation, generation);
        return position > lastSlot ? end : position;
    }

    private void deleteSlots(int generation, long from, long to) {
        if (from < to) {
            delete(keys.slot(new WalSlot(incarnation, generation, from)), 1)
                    .thenRun(() -> deleteSlots(generation, from + 1, to));
        }
    }

    /// Deletes the object after the grace period: a reader may still be on its way to it.
    void deleteLater(ObjectKey key) {
        runtime.schedule(grace, actor, () -> delete(key, 1));
    }

    /// What cannot be deleted after some attempts stays as garbage: harmless, and found by who walks the bucket.
    private CompletableFuture<Void> delete(ObjectKey key, int attempt) {
        return objects.delete(key)
                .thenComposeAsync(
                        outcome -> switch (outcome) {
                            case DeleteOutcome.Deleted() -> {
                                runtime.metrics().objectDeleted();
                                yield CompletableFuture.completedFuture(null);
                            }
                            case DeleteOutcome.Unknown(Throwable cause) -> {
                                if (attempt == ATTEMPTS_TO_DELETE) {
                                    log.warn("not deleted: object={} cause={}", key, cause.toString());
                                    yield CompletableFuture.completedFuture(null);
                                }
                                yield store.pause(attempt).thenCompose(_ -> delete(key, attempt + 1));
                            }
                        },
                        actor);
    }

    /// Removes what earlier leaders put and no manifest names. They marked it before they put it, and we have marked
    /// it as abandoned before we delete it.
    void sweepAbandoned(ShardLog tenure, ManifestWriter manifest) {
        if (!manifest.current().abandoned().isEmpty()) {
            runtime.schedule(grace, actor, () -> sweep(tenure, manifest));
        }
    }

    private void sweep(ShardLog tenure, ManifestWriter manifest) {
        if (!tenure.isOpen()) {
            return;
        }
        ShardId shard = tenure.shard();
        Set<Attempt> swept = Set.copyOf(manifest.current().abandoned());
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Attempt attempt : swept) {
            String prefix = attempt.idPrefix(shard);
            all = all.thenCompose(_ -> sweep(manifest, keys.segment(prefix).value(), Optional.empty()))
                    .thenCompose(_ ->
                            sweep(manifest, keys.producerSnapshot(shard, prefix).value(), Optional.empty()));
        }
        all.thenCompose(_ -> manifest.change(old -> withoutAbandoned(old, swept)))
                .thenAccept(stillOurs -> log.debug(
                        "abandoned attempts swept: shard={} attempts={} stillOurs={}", shard, swept.size(), stillOurs));
    }

    private CompletableFuture<Void> sweep(ManifestWriter manifest, String prefix, Optional<ObjectKey> after) {
        return store.list(prefix, after, LISTED_AT_ONCE).thenCompose(listed -> {
            Set<ObjectKey> named = named(manifest.current());
            CompletableFuture<Void> deleted = CompletableFuture.completedFuture(null);
            for (ListOutcome.Entry entry : listed.objects()) {
                if (!named.contains(entry.key())) {
                    deleted = deleted.thenCompose(_ -> delete(entry.key(), 1));
                }
            }
            return listed.more() && !listed.objects().isEmpty()
                    ? deleted.thenCompose(_ -> sweep(
                            manifest,
                            prefix,
                            Optional.of(listed.objects().getLast().key())))
                    : deleted;
        });
    }

    private Set<ObjectKey> named(ShardManifest manifest) {
        Set<ObjectKey> named = new HashSet<>();
        manifest.partitions()
                .values()
                .forEach(partition -> partition.segments().forEach(part -> named.add(keys.segment(part.segment()))));
        manifest.producerSnapshot().ifPresent(id -> named.add(keys.producerSnapshot(manifest.shard(), id)));
        return named;
    }

    private static ShardManifest withoutAbandoned(ShardManifest old, Set<Attempt> swept) {
        return old.withAttempts(
                old.attempt(),
                old.abandoned().stream()
                        .filter(attempt -> !swept.contains(attempt))
                        .toList());
    }
}
