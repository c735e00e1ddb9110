// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.ObjectKind;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.manifest.Manifests;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.PatientStore;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Lets go of what nobody needs any more, a grace period after that became so: slots of our own WAL below
/// the floor (R5), replaced producer snapshots, and what abandoned attempts left behind.
///
/// The floor rises only as far as the manifest of every shard that ever wrote to the generation covers,
/// whoever leads it now; it never passes the frontier, so no seal is ever deleted. On the actor.
final class Collection {
    private static final Logger log = LoggerFactory.getLogger(Collection.class);

    private static final int LISTED_AT_ONCE = 1000;

    private final PatientStore store;
    private final LogKeys keys;
    private final LogRuntime runtime;
    private final Executor actor;
    private final LogRules rules;
    private final Incarnation incarnation;
    private final Floors floors;
    private final Manifests manifests;
    private final Deletions deletions;
    private final Duration grace;
    private final Duration undoWindow;

    /// Floors of our own generations, as raised by us.
    private final Map<Integer, Long> raised = new HashMap<>();

    /// Shards whose manifests are looked at again at some time.
    private final Set<ShardLog> watched = new HashSet<>();

    Collection(
            PatientStore store,
            LogKeys keys,
            LogRuntime runtime,
            Executor actor,
            LogRules rules,
            Incarnation incarnation,
            Floors floors,
            Manifests manifests,
            Deletions deletions,
            Duration grace,
            Duration undoWindow) {
        this.store = store;
        this.keys = keys;
        this.runtime = runtime;
        this.actor = actor;
        this.rules = rules;
        this.incarnation = incarnation;
        this.floors = floors;
        this.manifests = manifests;
        this.deletions = deletions;
        this.grace = grace;
        this.undoWindow = undoWindow;
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
            if (writer.getValue() < before) {
                continue; // below the floor, which all covered: its leader may have forgotten this generation
            }
            Optional<ShardManifest> ours = shards.manifestOf(writer.getKey());
            if (ours.isPresent()) {
                covered = Math.min(covered, covered(ours.get(), generation, writer.getValue(), end));
            } else if (rules.holds(Rule.R5_ALL_WRITERS)) {
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
                return elsewhere.isEmpty()
                        ? CompletableFuture.completedFuture(null)
                        : raisedByHeirs(generation, before);
            }
            return floors.raise(incarnation, generation, to).thenAccept(floor -> raised(generation, before, floor));
        });
    }

    /// A shard that went elsewhere and does not know the generation (any more): heirs may have raised the
    /// floor.
    private CompletableFuture<Void> raisedByHeirs(int generation, long before) {
        return floors.read(incarnation, generation).thenAccept(floor -> {
            if (floor > before) {
                raised(generation, before, floor);
            }
        });
    }

    private void raised(int generation, long before, long floor) {
        raised.put(generation, floor);
        log.debug("floor raised: incarnation={} generation={} floor={}", incarnation, generation, floor);
        runtime.schedule(grace, actor, () -> {
            for (long slot = before; slot < floor; slot++) {
                deletions.delete(keys.slot(new WalSlot(incarnation, generation, slot)));
            }
        });
    }

    /// A shard absent from a slot needs nothing: behind its last slot it covers everything.
    private long covered(ShardManifest manifest, int generation, long lastSlot, long end) {
        long position = manifest.position(incarnation, generation);
        return position > lastSlot ? end : position;
    }

    /// Looks after what the shard's manifest has condemned, and after its deleted topics, when their time
    /// comes.
    void watch(ShardLog tenure) {
        ManifestWriter manifest = tenure.manifest();
        if (!tenure.isOpen() || manifest == null || watched.contains(tenure)) {
            return;
        }
        long now = runtime.wallMillis();
        long due = Long.MAX_VALUE;
        for (Condemned one : manifest.condemned()) {
            due = Math.min(due, one.sinceMillis() + grace.toMillis());
        }
        for (long since : manifest.current().dropped().values()) {
            due = since == 0 ? due : Math.min(due, since + undoWindow.toMillis());
        }
        if (due < Long.MAX_VALUE) {
            watched.add(tenure);
            runtime.schedule(Duration.ofMillis(Math.max(grace.toMillis() / 8 + 1, due - now)), actor, () -> {
                deleteCondemned(tenure, manifest);
                purge(tenure, manifest).whenComplete((stillOurs, failure) -> {
                    watched.remove(tenure);
                    if (failure != null) {
                        log.error("topics not purged: shard={}", tenure.shard(), failure);
                    } else if (stillOurs) {
                        watch(tenure);
                    }
                });
            });
        }
    }

    private void deleteCondemned(ShardLog tenure, ManifestWriter manifest) {
        if (!tenure.isOpen()) {
            return; // whoever leads now finds them in the manifest
        }
        long now = runtime.wallMillis();
        for (Condemned one : manifest.condemned()) {
            if (one.sinceMillis() + grace.toMillis() <= now) {
                manifest.deleted(one);
                deletions.delete(key(manifest.current().shard(), one));
            }
        }
    }

    private ObjectKey key(ShardId shard, Condemned one) {
        return switch (one.kind()) {
            case SEGMENT -> keys.segment(one.id());
            case PRODUCER_SNAPSHOT -> keys.producerSnapshot(shard, one.id());
            case PARTS_PAGE -> keys.partsPage(one.id());
        };
    }

    /// Topics whose deletion cannot be taken back any more leave the manifest, and so their segments are
    /// condemned.
    private CompletableFuture<Boolean> purge(ShardLog tenure, ManifestWriter manifest) {
        Set<Uuid> purged = new TreeSet<>();
        manifest.current().dropped().forEach((topic, since) -> {
            // An heir that reads a batch of it in a tail must find it in the manifest.
            if (since > 0
                    && since + undoWindow.toMillis() <= runtime.wallMillis()
                    && !(rules.holds(Rule.FORGET_COVERED)
                            && tenure.mayBeInTails(topic, manifest.current(), incarnation))) {
                purged.add(topic);
            }
        });
        if (purged.isEmpty() || !tenure.isOpen()) {
            return CompletableFuture.completedFuture(tenure.isOpen());
        }
        return tenure.exclusively(() -> {
                    purged.forEach(tenure::forget);
                    return pagedSegments(manifest.current(), purged)
                            .thenCompose(paged -> manifest.change(old -> without(old, purged, paged)));
                })
                .thenApply(stillOurs -> {
                    log.info("topics purged: shard={} topics={} stillOurs={}", tenure.shard(), purged, stillOurs);
                    return stillOurs;
                });
    }

    private CompletableFuture<List<Condemned>> pagedSegments(ShardManifest manifest, Set<Uuid> topics) {
        List<PageRef> pages = new ArrayList<>();
        manifest.partitions().forEach((id, partition) -> {
            if (topics.contains(id.topicId())) {
                pages.addAll(partition.pages());
            }
        });
        return pagedSegments(pages);
    }

    /// Segments that only pages name: they go with their pages.
    CompletableFuture<List<Condemned>> pagedSegments(List<PageRef> pages) {
        List<Condemned> found = new ArrayList<>();
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (PageRef page : pages) {
            all = all.thenCompose(_ -> store.get(keys.partsPage(page.id())))
                    .thenAccept(answer -> answer.ifPresent(there -> PartsPage.decode(page.id(), there.bytes())
                            .parts()
                            .forEach(part -> found.add(
                                    new Condemned(ObjectKind.SEGMENT, part.segment(), runtime.wallMillis())))));
        }
        return all.thenApply(_ -> found);
    }

    private static ShardManifest without(ShardManifest old, Set<Uuid> purged, List<Condemned> paged) {
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>(old.partitions());
        partitions.keySet().removeIf(id -> purged.contains(id.topicId()));
        SortedMap<Uuid, Long> dropped = new TreeMap<>(old.dropped());
        dropped.keySet().removeAll(purged);
        List<Condemned> condemned = new ArrayList<>(old.condemned());
        condemned.addAll(paged);
        return old.withPartitions(partitions).withDropped(dropped).withCondemned(condemned);
    }

    /// Removes what earlier leaders put and no manifest names. They marked it before they put it, and we
    /// have marked it as abandoned before we delete it.
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
        Set<Attempt> swept = new LinkedHashSet<>(manifest.current().abandoned());
        if (!rules.holds(Rule.SWEEP_ABORTED_ONLY)) {
            swept.add(manifest.current().attempt());
        }
        CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
        for (Attempt attempt : swept) {
            String prefix = attempt.idPrefix(shard);
            all = all.thenCompose(_ -> sweep(manifest, keys.segment(prefix).value(), Optional.empty()))
                    .thenCompose(_ -> sweep(manifest, keys.partsPage(prefix).value(), Optional.empty()))
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
                    deleted = deleted.thenCompose(_ -> deletions.delete(entry.key()));
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
        manifest.partitions().values().forEach(partition -> {
            partition.segments().forEach(part -> named.add(keys.segment(part.segment())));
            partition.pages().forEach(page -> named.add(keys.partsPage(page.id())));
        });
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
