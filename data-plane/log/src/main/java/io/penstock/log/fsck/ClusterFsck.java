// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.log.format.Checksum;
import io.penstock.log.format.ShardManifest;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Proves the log of one cluster whole: every offset exactly once, every object sound, every WAL ended as it must be,
/// nothing left lying about. Reads only; blocks; keeps in memory what grows with partitions and WALs, never with
/// records.
///
/// Brokers may write meanwhile. What was durable when a pass began is either in a WAL that the pass reads or in a
/// manifest that it reads after it. What only the whole picture shows is looked at again, and counts as damage only if
/// it stands in every pass.
public final class ClusterFsck {
    private static final int PRODUCER_ID_BLOCK_SIZE = 52;
    private static final int PRODUCER_ID_BLOCK_MAGIC = 0x50535049; // "PSPI"

    private final StoreReader store;
    private final ClusterPrefix prefix;
    private final Supplier<Assignments> metalog;
    private final FsckSettings settings;
    private final InstantSource clock;
    private final Consumer<Duration> sleep;
    private final Findings findings = new Findings();
    private final Counts counts = new Counts();
    private final WalCheck wals;
    private final ShardCheck shards;
    private final Map<ShardId, ClusterReport.ShardCovered> covered = new HashMap<>();
    private Assignments assignments = new Assignments(0, false, 0, Map.of(), Set.of(), Set.of(), List.of());

    /// @param metalog read as far as it goes, at every call; throws UncheckedIOException if the store does not answer
    /// @param clock the store's clock, or one near it: tells the age of objects
    /// @param sleep waits between two passes
    public ClusterFsck(
            ObjectStore store,
            ClusterPrefix prefix,
            Supplier<Assignments> metalog,
            FsckSettings settings,
            InstantSource clock,
            Consumer<Duration> sleep) {
        this.store = new StoreReader(store, settings);
        this.prefix = prefix;
        this.metalog = metalog;
        this.settings = settings;
        this.clock = clock;
        this.sleep = sleep;
        this.wals = new WalCheck(this.store, prefix, settings, clock, findings, counts);
        this.shards = new ShardCheck(this.store, prefix, settings, clock, findings, counts);
    }

    /// Once per instance.
    public ClusterReport check() {
        Instant started = clock.instant();
        Optional<String> unchecked = Optional.empty();
        try {
            assignments = metalog.get();
            names();
            Findings standing = pass();
            for (int pass = 1; pass < settings.passes() && !standing.isEmpty(); pass++) {
                sleep.accept(settings.pause());
                assignments = metalog.get();
                standing = pass();
            }
            findings.addAll(standing);
            for (int shard = 0; shard < assignments.shards(); shard++) {
                shards.objects(new ShardId(shard));
            }
        } catch (UncheckedIOException e) {
            unchecked = Optional.of("the store did not answer: " + e.getMessage());
        }
        return report(started, unchecked);
    }

    /// Every key must be one of ours, of a shard that exists.
    private void names() {
        store.list(prefix.value() + "/", entry -> {
            boolean known = switch (ObjectName.of(prefix, entry.key())) {
                case ObjectName.SlotAt _, ObjectName.FloorOf _, ObjectName.Meta _ -> true;
                case ObjectName.Manifest(int shard) -> shard < assignments.shards();
                case ObjectName.Snapshot(int shard) -> shard < assignments.shards();
                case ObjectName.PageOfParts(int shard) -> shard < assignments.shards();
                case ObjectName.Segment(int shard) -> shard < assignments.shards();
                case ObjectName.ProducerIds(long number) -> {
                    producerIds(number, entry);
                    yield true;
                }
                case ObjectName.Canary() -> {
                    if (entry.lastModifiedMillis()
                            < clock.millis() - settings.orphanGrace().toMillis()) {
                        findings.add(Damage.ORPHAN, entry.key().value(), "a broker that started could not delete it");
                    }
                    yield true;
                }
                case ObjectName.Foreign() -> false;
            };
            if (!known) {
                findings.add(
                        Damage.FOREIGN_OBJECT,
                        entry.key().value(),
                        entry.size() + " bytes under a key that this cluster does not use");
            }
        });
    }

    private void producerIds(long number, ListOutcome.Entry entry) {
        Optional<GetOutcome.Found> found = store.get(entry.key());
        if (found.isEmpty()) {
            return;
        }
        counts.objects++;
        ByteBuffer block = found.get().bytes().slice();
        boolean sound = block.remaining() == PRODUCER_ID_BLOCK_SIZE
                && block.getInt(0) == PRODUCER_ID_BLOCK_MAGIC
                && block.getLong(8) == number
                && Checksum.of(block, 0, PRODUCER_ID_BLOCK_SIZE - 4) == block.getInt(PRODUCER_ID_BLOCK_SIZE - 4);
        if (!sound) {
            findings.add(Damage.OBJECT_DAMAGED, entry.key().value(), "is no block of producer ids " + number);
        }
    }

    /// @return what looks wrong, and may only be the trace of writers at work
    private Findings pass() {
        Findings standing = new Findings();
        wals.walk();
        wals.floorsAsOfNow();
        Set<ShardId> all = new TreeSet<>(wals.shardsWritten());
        for (int shard = 0; shard < assignments.shards(); shard++) {
            all.add(new ShardId(shard));
        }
        List<ShardManifest> manifests = new ArrayList<>();
        Map<ShardId, LeaderEpoch> epochs = new HashMap<>();
        for (ShardId shard : all) {
            shards.manifest(shard, standing).ifPresent(manifest -> {
                epochs.put(shard, manifest.epoch());
                manifests.add(manifest);
                for (ShardManifest.Tail tail : manifest.tails()) {
                    Generation generation = wals.generation(tail.incarnation(), tail.generation());
                    generation.position = Math.max(generation.position, tail.position());
                    if (tail.end().isEmpty()) {
                        generation.openPosition = Math.max(generation.openPosition, tail.position());
                    }
                }
            });
        }
        // What manifests cover was written before they were read: now it is there to be seen.
        wals.walk();
        counts.partitions = 0;
        for (ShardManifest manifest : manifests) {
            judge(manifest, standing);
        }
        for (ShardId shard : all) {
            if (!epochs.containsKey(shard)) {
                judgeWithoutManifest(shard, standing);
            }
        }
        wals.judge(assignments, epochs, standing);
        return standing;
    }

    private void judge(ShardManifest manifest, Findings standing) {
        ShardId shard = manifest.shard();
        shards.consistent(manifest, assignments, standing);
        for (ShardManifest.Tail tail : manifest.tails()) {
            tail.end().ifPresent(end -> wals.judgeEnd(shard, tail.incarnation(), tail.generation(), end, standing));
        }
        wals.opened(shard)
                .filter(opened -> opened.compareTo(manifest.epoch()) > 0)
                .ifPresent(opened -> standing.add(
                        Damage.MANIFEST_MISSING,
                        "shard " + shard,
                        "it was opened at leader epoch " + opened + ", and its manifest is of epoch "
                                + manifest.epoch()));
        long[] end = {0};
        var written = wals.partitions(shard);
        written.forEach((id, coverage) -> {
            if (!manifest.dropped().containsKey(id.topicId()) && !wals.dropped(id.topicId())) {
                end[0] += coverage.judge(id.toString(), manifest.partitions().get(id), standing);
            }
        });
        manifest.partitions().forEach((id, partition) -> end[0] += written.containsKey(id) ? 0 : partition.endOffset());
        Set<Object> partitions = new TreeSet<>(written.keySet());
        partitions.addAll(manifest.partitions().keySet());
        counts.partitions += partitions.size();
        covered.put(
                shard,
                new ClusterReport.ShardCovered(
                        shard.number(), manifest.epoch().number(), manifest.version(), partitions.size(), end[0]));
    }

    private void judgeWithoutManifest(ShardId shard, Findings standing) {
        wals.opened(shard)
                .ifPresent(epoch -> standing.add(
                        Damage.MANIFEST_MISSING,
                        "shard " + shard,
                        "it was opened at leader epoch " + epoch + ", and has no manifest"));
        boolean[] any = {false};
        store.list(prefix.key("segment/" + shard).value() + "-", _ -> any[0] = true);
        if (any[0]) {
            standing.add(Damage.MANIFEST_MISSING, "shard " + shard, "it has segments, and no manifest");
        }
    }

    private ClusterReport report(Instant started, Optional<String> unchecked) {
        List<ClusterReport.WalCovered> walsCovered = new ArrayList<>();
        List<String> remarks = new ArrayList<>();
        for (Generation generation : wals.generations()) {
            walsCovered.add(new ClusterReport.WalCovered(
                    generation.incarnation.toString(),
                    generation.number,
                    generation.floor,
                    generation.next,
                    generation.seal != null));
            if (generation.seal == null && generation.beyond > 0) {
                remarks.add("wal/" + generation.name() + ": " + generation.beyond + " slots beyond slot "
                        + generation.next + " are on their way, or were never acknowledged");
            }
        }
        return new ClusterReport(
                prefix.value(),
                started,
                clock.instant(),
                assignments.entry(),
                walsCovered,
                covered.values().stream()
                        .sorted((one, other) -> Integer.compare(one.shard(), other.shard()))
                        .toList(),
                counts.objects,
                counts.bytes,
                counts.records,
                counts.partitions,
                findings.list(),
                findings.more(),
                remarks,
                unchecked);
    }
}
