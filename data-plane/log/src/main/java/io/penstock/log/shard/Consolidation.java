// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.Durability;
import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.LogSettings;
import io.penstock.log.TopicPolicies;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.ProducerSnapshot;
import io.penstock.log.format.ProducerSnapshot.Producers;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.format.ShardManifest.Condemned;
import io.penstock.log.format.ShardManifest.PageRef;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.ShardManifest.Partition;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.read.BackgroundReads.Piece;
import io.penstock.log.read.TailBatch;
import io.penstock.log.read.TailIndex;
import io.penstock.log.segment.SegmentWriter;
import io.penstock.log.segment.SegmentWriter.Source;
import io.penstock.log.wal.DurableSlot;
import io.penstock.log.wal.WalTicket;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps the tails of our shards short: rewrites what WALs hold for them into segments, and moves the
/// manifests' positions.
///
/// A round begins when the own tail is too long, too large or too old, or when a shard came with an inherited
/// tail; it
/// goes through the shards one by one. Records in = records out, or the shard keeps its tail. What is far
/// behind makes
/// appends wait ([#overwhelmed()]). On the actor.
final class Consolidation {
    private static final Logger log = LoggerFactory.getLogger(Consolidation.class);

    /// Shards that fall to us together open within a moment of each other.
    private static final Duration SOON = Duration.ofSeconds(1);

    /// Appends are refused when the tail is so many times longer than what forces a round.
    private static final int OVERWHELMED_FACTOR = 4;

    private static final Partition NOTHING = new Partition(0, 0, List.of(), List.of(), List.of());

    /// As Kafka's `log.retention.check.interval.ms`. It makes a request only if something has to go.
    private static final Duration RETENTION_CHECK = Duration.ofMinutes(5);

    private final LogSettings settings;
    private final LogRuntime runtime;
    private final Executor actor;
    private final LogKeys keys;
    private final Incarnation incarnation;
    private final LogRules rules;
    private final SegmentWriter segments;
    private final Merging merging;
    private final Collection collection;
    private final GoneWals goneWals;
    private final TopicPolicies policies;
    private final Cleaner cleaner;
    private final Shards shards;
    private final OwnTail tail = new OwnTail();
    private boolean running;
    private boolean mergingNow;

    /// Something went wrong in this round: the next one takes its time.
    private boolean failed;

    private long roundBegan;
    private LogRuntime.@Nullable Timer timer;
    private LogRuntime.@Nullable Timer inherited;
    private LogRuntime.@Nullable Timer retentionTimer;

    Consolidation(
            LogSettings settings,
            LogRuntime runtime,
            Executor actor,
            LogRules rules,
            LogKeys keys,
            Incarnation incarnation,
            SegmentWriter segments,
            Merging merging,
            Collection collection,
            GoneWals goneWals,
            TopicPolicies policies,
            Cleaner cleaner,
            Shards shards) {
        this.settings = settings;
        this.runtime = runtime;
        this.actor = actor;
        this.keys = keys;
        this.incarnation = incarnation;
        this.rules = rules;
        this.segments = segments;
        this.merging = merging;
        this.goneWals = goneWals;
        this.collection = collection;
        this.policies = policies;
        this.cleaner = cleaner;
        this.shards = shards;
    }

    /// Whether appends must wait until the tail is shorter.
    boolean overwhelmed() {
        return tail.slots() > (long) OVERWHELMED_FACTOR * settings.consolidateAfterSlots()
                || tail.bytes() > OVERWHELMED_FACTOR * settings.consolidateAfterBytes();
    }

    private boolean tooLong() {
        return tail.slots() >= settings.consolidateAfterSlots() || tail.bytes() >= settings.consolidateAfterBytes();
    }

    /// A slot of ours is durable; its rows are in the tails of their partitions already.
    void durable(DurableSlot slot) {
        Set<ShardId> writers = new TreeSet<>();
        for (BatchIndex row : slot.batches()) {
            writers.add(row.shard());
        }
        for (ControlEntry entry : slot.control()) {
            writers.add(entry.shard());
        }
        Set<ShardId> led = new TreeSet<>(writers);
        led.removeIf(shard -> !shards.leads(shard));
        tail.durable(slot.slot(), slot.wholeObject().remaining(), writers, led);
        runtime.metrics().consolidationDebt(tail.slots(), tail.bytes());
        if (tooLong()) {
            round(tail.unfolded());
        } else if (!slot.batches().isEmpty()
                || slot.control().stream()
                        .anyMatch(entry ->
                                entry instanceof ControlEntry.LogStart || entry instanceof ControlEntry.Drop)) {
            roundLater();
        }
    }

    /// A shard serves; what its predecessors left is folded within the same time as anything else.
    void opened(ShardLog tenure) {
        lookAtRetentionLater();
        ManifestWriter manifest = tenure.manifest();
        if (manifest != null) {
            if (hasInherited(tenure)) {
                roundSoon();
            }
            merging.opened(tenure, manifest.current());
            manifest.onChange(() -> collection.watch(tenure));
            collection.watch(tenure);
            collection.sweepAbandoned(tenure, manifest);
            goneWals.look();
        }
    }

    /// Records grow old while nothing else happens.
    private void lookAtRetentionLater() {
        if (retentionTimer == null && !policies.equals(TopicPolicies.KEEP_EVERYTHING)) {
            retentionTimer = runtime.schedule(RETENTION_CHECK, actor, () -> {
                retentionTimer = null;
                if (!shards.isOver()) {
                    round(Set.of());
                    cleaner.clean();
                    lookAtRetentionLater();
                }
            });
        }
    }

    void closed(ShardLog tenure) {
        tail.left(tenure.shard());
        merging.closed(tenure.shard());
    }

    private static boolean hasInherited(ShardLog tenure) {
        ManifestWriter manifest = tenure.manifest();
        return manifest != null && manifest.current().tails().stream().anyMatch(Tail::unread);
    }

    /// What predecessors left is folded at once, so that chains of dead incarnations stay short; shards that
    /// fall to us together in one round.
    private void roundSoon() {
        if (inherited == null && !running) {
            Duration soon = settings.consolidateAfter().compareTo(SOON) < 0 ? settings.consolidateAfter() : SOON;
            inherited = runtime.schedule(soon, actor, () -> {
                inherited = null;
                round(Set.of());
            });
        }
    }

    private void roundLater() {
        if (timer == null && !running) {
            timer = runtime.schedule(settings.consolidateAfter(), actor, () -> {
                timer = null;
                round(Set.of());
            });
        }
    }

    /// Folds the shards that have records to fold, and with them those that have only control entries: else
    /// an idle shard's EPOCH_START would hold the floor. A cluster without new records folds nothing.
    ///
    /// @param forced shards to be folded in any case
    private void round(Set<ShardId> forced) {
        if (running || shards.isOver()) {
            return;
        }
        if (timer != null) {
            timer.cancel();
            timer = null;
        }
        List<ShardLog> open = shards.open();
        Set<ShardId> wanted = new TreeSet<>(forced);
        for (ShardLog tenure : open) {
            if (hasSomethingToFold(tenure)) {
                wanted.add(tenure.shard());
            }
        }
        if (!wanted.isEmpty()) {
            wanted.addAll(tail.unfolded());
        }
        ArrayDeque<ShardLog> due = new ArrayDeque<>();
        for (ShardLog tenure : open) {
            if (wanted.contains(tenure.shard())) {
                due.add(tenure);
            }
        }
        if (due.isEmpty()) {
            return;
        }
        running = true;
        failed = false;
        roundBegan = runtime.nanos();
        List<CompletableFuture<Void>> lanes = new ArrayList<>();
        for (int i = 0; i < settings.housekeeping().foldsAtOnce(); i++) {
            lanes.add(foldNext(due));
        }
        CompletableFuture.allOf(lanes.toArray(CompletableFuture[]::new)).whenComplete((_, failure) -> {
            if (failure != null) {
                log.error("round ended early: incarnation={}", incarnation, failure);
            }
            ended();
        });
    }

    private boolean hasSomethingToFold(ShardLog tenure) {
        ManifestWriter manifest = tenure.manifest();
        if (manifest == null) {
            return false;
        }
        if (hasInherited(tenure)
                || tenure.toForget().stream()
                        .anyMatch(topic -> tenure.mayBeInTails(topic, manifest.current(), incarnation))) {
            return true;
        }
        for (Map.Entry<TopicPartitionId, PartitionLog> entry : tenure.partitionsById()) {
            PartitionLog partition = entry.getValue();
            if (!partition.sources().tail().foldedWhole(partition.sources().foldedBelow())
                    || retained(entry.getKey(), partition) > logStart(manifest.current(), entry.getKey())) {
                return true;
            }
        }
        return false;
    }

    /// Where the partition begins once its topic's wishes are fulfilled.
    private long retained(TopicPartitionId id, PartitionLog partition) {
        Optional<TopicPolicy> policy =
                partition.highWatermark() == partition.logStartOffset() ? Optional.empty() : policies.of(id.topicId());
        return policy.map(wishes -> Retention.logStart(
                        wishes, partition.logStartOffset(), partition.stretches(), runtime.wallMillis()))
                .orElse(partition.logStartOffset());
    }

    private static long logStart(ShardManifest manifest, TopicPartitionId id) {
        Partition known = manifest.partitions().get(id);
        return known == null ? 0 : known.logStartOffset();
    }

    private CompletableFuture<Void> foldNext(ArrayDeque<ShardLog> due) {
        ShardLog tenure = shards.isOver() ? null : due.poll();
        if (tenure == null) {
            return CompletableFuture.completedFuture(null);
        }
        return tenure.exclusively(() -> fold(tenure))
                .exceptionallyCompose(failure -> {
                    failed = true;
                    return abort(tenure, failure);
                })
                .thenCompose(_ -> foldNext(due));
    }

    /// What a failed attempt has put is swept like that of a leader that went away: first the attempt is
    /// marked. Only who can still mark it may speak of damage: slots go when a manifest covers them, a
    /// late seal may fall on them then, and who has slept finds its own tail like that.
    private CompletableFuture<Void> abort(ShardLog tenure, Throwable failure) {
        ManifestWriter manifest = tenure.manifest();
        if (!tenure.isOpen() || manifest == null) {
            return CompletableFuture.completedFuture(null);
        }
        return tenure.exclusively(() -> manifest.change(ShardManifest::withAttemptAborted))
                .thenAccept(stillOurs -> {
                    if (stillOurs) {
                        log.error("shard not consolidated: shard={}", tenure.shard(), failure);
                        collection.sweepAbandoned(tenure, manifest);
                    } else {
                        log.warn(
                                "shard not consolidated, a later leader has it: shard={} cause={}",
                                tenure.shard(),
                                failure.toString());
                        shards.superseded(tenure);
                    }
                });
    }

    private void ended() {
        collection.raiseFloors(tail, shards).whenComplete((_, failure) -> {
            if (failure != null) {
                log.error("floor not raised: incarnation={}", incarnation, failure);
            }
            runtime.metrics().consolidationRound(runtime.nanos() - roundBegan);
            running = false;
            goneWals.look();
            cleaner.clean();
            // What has come meanwhile is due as always.
            if (tooLong() && !failed) {
                round(tail.unfolded());
            }
            for (ShardLog tenure : shards.open()) {
                if (hasInherited(tenure) && !failed) {
                    roundSoon();
                } else if (hasSomethingToFold(tenure)) {
                    roundLater();
                }
            }
            merge();
        });
    }

    /// Merges what foldings have left in small pieces, shard by shard, as long as no tail is too long.
    private void merge() {
        if (!mergingNow) {
            mergingNow = true;
            mergeNext(new ArrayDeque<>(shards.open()));
        }
    }

    private void mergeNext(ArrayDeque<ShardLog> due) {
        ShardLog tenure = shards.isOver() || tooLong() ? null : due.poll();
        if (tenure == null) {
            mergingNow = false;
            return;
        }
        merging.step(tenure)
                .exceptionallyCompose(failure -> abort(tenure, failure).thenApply(_ -> false))
                .whenComplete((more, failure) -> {
                    if (failure != null) {
                        log.error("segments not merged: shard={}", tenure.shard(), failure);
                    } else if (more) {
                        due.addFirst(tenure);
                    }
                    mergeNext(due);
                });
    }

    /// What one folding takes in: everything below these ends and not below these starts, and the
    /// producers as of the ends.
    private record Target(
            Map<TopicPartitionId, Long> starts,
            Map<TopicPartitionId, Long> ends,
            SortedMap<TopicPartitionId, Producers> producers) {}

    private CompletableFuture<Void> fold(ShardLog tenure) {
        ManifestWriter manifest = tenure.manifest();
        if (!tenure.isOpen() || manifest == null) {
            return CompletableFuture.completedFuture(null);
        }
        Target target = target(tenure);
        WalTicket last = tenure.lastTicket();
        CompletableFuture<Durability> durable = last == null || !rules.holds(Rule.FOLD_DURABLE_PRODUCERS)
                ? CompletableFuture.completedFuture(Durability.DURABLE)
                : last.durability();
        return durable.thenCompose(durability -> {
            if (durability != Durability.DURABLE || !tenure.isOpen()) {
                return CompletableFuture.completedFuture(null);
            }
            return write(tenure, manifest, target);
        });
    }

    /// Producers cannot be asked how they stood earlier, so they are asked now, with the ends of now, and
    /// the folding waits until these are durable.
    private Target target(ShardLog tenure) {
        Map<TopicPartitionId, Long> starts = new HashMap<>();
        Map<TopicPartitionId, Long> ends = new HashMap<>();
        SortedMap<TopicPartitionId, Producers> producers = new TreeMap<>();
        tenure.partitionsInOrder().forEach((id, partition) -> {
            starts.put(id, retained(id, partition));
            ends.put(id, partition.endOffset());
            partition.producerSnapshot().ifPresent(saved -> producers.put(id, saved));
        });
        return new Target(starts, ends, producers);
    }

    private CompletableFuture<Void> write(ShardLog tenure, ManifestWriter manifest, Target target) {
        Attempt attempt = manifest.current().attempt();
        String prefix = attempt.idPrefix(tenure.shard());
        SortedMap<TopicPartitionId, List<TailBatch>> batches = batches(tenure, target);
        CompletableFuture<Optional<String>> snapshot = snapshot(tenure, target, prefix);
        return segments.write(sources(batches), () -> prefix + tenure.nextObjectNumber())
                .thenCombine(snapshot, (parts, snapshotId) -> {
                    requireAll(tenure.shard(), batches, parts);
                    return change(tenure, manifest, target, parts, snapshotId);
                })
                .thenCompose(changed -> changed);
    }

    /// In the order in which they were written, so that a tail that does not fit into memory is read slot by
    /// slot.
    private List<Source> sources(SortedMap<TopicPartitionId, List<TailBatch>> batches) {
        List<TailBatch> all = new ArrayList<>();
        batches.values().forEach(all::addAll);
        all.sort(Comparator.<TailBatch, LeaderEpoch>comparing(
                        batch -> batch.index().epoch())
                .thenComparingInt(batch -> batch.slot().slot().generation())
                .thenComparingLong(batch -> batch.slot().slot().slot()));
        return all.stream()
                .map(batch -> new Source(
                        batch.index().topicPartition(),
                        new Piece(
                                keys.slot(batch.slot().slot()),
                                batch.index().position(),
                                batch.index().size()),
                        batch::bytesInMemory))
                .toList();
    }

    /// All of the tail below the target but what is below the log's start: that is dropped.
    private static SortedMap<TopicPartitionId, List<TailBatch>> batches(ShardLog tenure, Target target) {
        SortedMap<TopicPartitionId, List<TailBatch>> batches = new TreeMap<>();
        tenure.partitionsInOrder().forEach((id, partition) -> {
            TailIndex index = partition.sources().tail();
            long next = partition.sources().foldedBelow();
            long end = Math.max(next, target.ends().getOrDefault(id, 0L));
            long start = target.starts().getOrDefault(id, 0L);
            List<TailBatch> some = new ArrayList<>();
            for (int i = index.find(next); i < index.size() && next < end; i++) {
                BatchIndex row = index.get(i).index();
                requireNext(id, next, row.baseOffset());
                next = row.lastOffset() + 1;
                if (row.lastOffset() >= start) {
                    some.add(index.get(i));
                }
            }
            requireNext(id, next, end);
            if (!some.isEmpty()) {
                batches.put(id, some);
            }
        });
        return batches;
    }

    private static void requireNext(TopicPartitionId id, long expected, long found) {
        if (expected != found) {
            throw new IllegalStateException(id + ": the tail goes on at " + found + " instead of " + expected);
        }
    }

    private CompletableFuture<Optional<String>> snapshot(ShardLog tenure, Target target, String prefix) {
        if (target.producers().isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        String id = prefix + "p" + tenure.nextObjectNumber();
        ProducerSnapshot snapshot = new ProducerSnapshot(tenure.shard(), id, target.producers());
        return segments.putNew(keys.producerSnapshot(tenure.shard(), id), snapshot.encode())
                .thenApply(_ -> Optional.of(id));
    }

    /// Records in = records out, and no offset missing.
    private static void requireAll(
            ShardId shard, Map<TopicPartitionId, List<TailBatch>> in, Map<TopicPartitionId, List<Part>> out) {
        if (!in.keySet().equals(out.keySet())) {
            throw new IllegalStateException(
                    "shard " + shard + ": partitions " + in.keySet() + " became " + out.keySet());
        }
        in.forEach((id, batches) -> {
            List<Part> parts = out.getOrDefault(id, List.of());
            long recordsIn = batches.stream()
                    .mapToLong(batch -> batch.index().recordCount())
                    .sum();
            long recordsOut = parts.stream().mapToLong(Part::records).sum();
            long first = batches.getFirst().index().baseOffset();
            long last = batches.getLast().index().lastOffset();
            if (recordsIn != recordsOut
                    || parts.getFirst().baseOffset() != first
                    || parts.getLast().lastOffset() != last) {
                throw new IllegalStateException("shard " + shard + ", " + id + ": " + recordsIn + " records at " + first
                        + " to " + last + " became " + recordsOut + " records in " + parts);
            }
        });
    }

    private CompletableFuture<Void> change(
            ShardLog tenure,
            ManifestWriter manifest,
            Target target,
            Map<TopicPartitionId, List<Part>> parts,
            Optional<String> snapshot) {
        Map<Integer, Long> positions = new TreeMap<>();
        List<PageRef> pagesGone = pagesBelow(manifest.current(), target);
        return collection
                .pagedSegments(pagesGone)
                .thenCompose(segmentsGone -> manifest.change(old -> {
                    positions.putAll(positions(tenure, target));
                    List<Condemned> condemned = new ArrayList<>(old.condemned());
                    condemned.addAll(segmentsGone);
                    return folded(old, tenure, target, parts, snapshot, positions, pagesGone)
                            .withCondemned(condemned);
                }))
                .thenAccept(changed -> {
                    if (!changed) {
                        shards.superseded(tenure);
                        return;
                    }
                    applied(tenure, manifest.current(), positions, parts);
                });
    }

    /// Pages of which nothing is left once the target's starts are in force.
    private static List<PageRef> pagesBelow(ShardManifest manifest, Target target) {
        List<PageRef> gone = new ArrayList<>();
        manifest.partitions().forEach((id, partition) -> {
            long start = target.starts().getOrDefault(id, 0L);
            partition.pages().stream().filter(page -> page.lastOffset() < start).forEach(gone::add);
        });
        return gone;
    }

    /// How far each of our own generations is folded for the shard once the target is.
    private Map<Integer, Long> positions(ShardLog tenure, Target target) {
        Map<Integer, Long> positions = new TreeMap<>();
        tail.ends().forEach((generation, end) -> {
            if (tail.writers(generation).containsKey(tenure.shard())) {
                positions.put(generation, end);
            }
        });
        tenure.partitionsInOrder().forEach((id, partition) -> {
            TailIndex index = partition.sources().tail();
            int first = index.find(target.ends().getOrDefault(id, 0L));
            if (first < index.size() && rules.holds(Rule.R5_POSITION)) {
                WalSlot slot = index.get(first).slot().slot();
                if (slot.incarnation().equals(incarnation)) {
                    positions.merge(slot.generation(), slot.slot(), Math::min);
                    // Later generations hold only what came later.
                    positions.replaceAll((generation, position) -> generation > slot.generation() ? 0L : position);
                }
            }
        });
        return positions;
    }

    private ShardManifest folded(
            ShardManifest old,
            ShardLog tenure,
            Target target,
            Map<TopicPartitionId, List<Part>> parts,
            Optional<String> snapshot,
            Map<Integer, Long> positions,
            List<PageRef> pagesGone) {
        SortedMap<TopicPartitionId, Partition> partitions = new TreeMap<>(old.partitions());
        tenure.partitionsInOrder().forEach((id, partition) -> {
            Partition before = partitions.getOrDefault(id, NOTHING);
            List<Part> added = parts.getOrDefault(id, List.of());
            // It may have grown meanwhile, durably.
            long start = Math.max(partition.logStartOffset(), target.starts().getOrDefault(id, 0L));
            long end = Math.max(before.endOffset(), target.ends().getOrDefault(id, 0L));
            if (end > before.endOffset() || start > before.logStartOffset()) {
                partitions.put(id, with(before, added, partition, start, end, pagesGone));
            }
        });
        SortedMap<Uuid, Long> dropped = new TreeMap<>(old.dropped());
        for (Uuid topic : tenure.toForget()) {
            dropped.merge(topic, runtime.wallMillis(), (since, now) -> since == 0 ? now : since);
        }
        return tenure.attempted(old)
                .withTails(tails(old.tails(), positions))
                .withPartitions(partitions)
                .withDropped(dropped)
                .withProducerSnapshot(snapshot);
    }

    private static Partition with(
            Partition before, List<Part> added, PartitionLog partition, long start, long end, List<PageRef> pagesGone) {
        List<Part> all = new ArrayList<>(before.segments());
        all.addAll(added);
        all.removeIf(part -> part.lastOffset() < start);
        return new Partition(
                start,
                end,
                partition.epochs().asList().stream()
                        .filter(one -> one.offset() < end)
                        .toList(),
                before.pages().stream()
                        .filter(page -> !pagesGone.contains(page))
                        .toList(),
                all,
                before.cleanedBelow());
    }

    private List<Tail> tails(List<Tail> old, Map<Integer, Long> own) {
        Map<Integer, Long> missing = new TreeMap<>(own);
        List<Tail> tails = new ArrayList<>();
        for (Tail known : old) {
            // Everything that predecessors left was in the target, because it was recovered before we opened.
            long position = Math.max(known.position(), known.end().orElse(0));
            if (known.incarnation().equals(incarnation)) {
                Long folded = missing.remove(known.generation());
                position = folded == null ? position : Math.max(position, folded);
            }
            tails.add(new Tail(known.incarnation(), known.generation(), position, known.end()));
        }
        missing.forEach(
                (generation, position) -> tails.add(new Tail(incarnation, generation, position, OptionalLong.empty())));
        return tails;
    }

    private void applied(
            ShardLog tenure,
            ShardManifest manifest,
            Map<Integer, Long> positions,
            Map<TopicPartitionId, List<Part>> parts) {
        tenure.sourcesFrom(manifest);
        manifest.partitions().forEach((id, now) -> {
            PartitionLog partition = tenure.partition(id);
            if (partition != null) {
                partition.raiseLogStart(now.logStartOffset());
            }
        });
        merging.folded(tenure.shard(), parts.keySet());
        positions.forEach((generation, position) -> tail.folded(tenure.shard(), generation, position));
        runtime.metrics()
                .shardConsolidated(parts.values().stream()
                        .flatMap(List::stream)
                        .mapToLong(Part::size)
                        .sum());
        runtime.metrics().consolidationDebt(tail.slots(), tail.bytes());
        log.debug(
                "shard consolidated: shard={} leaderEpoch={} partitions={} positions={}",
                tenure.shard(),
                tenure.epoch(),
                parts.size(),
                positions);
    }
}
