// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.InvalidBatch;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ProducerSnapshot;
import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Part;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// Checks one shard's manifest and everything that it names, and finds what nobody names. Keeps one shard in memory.
final class ShardCheck {
    private final StoreReader store;
    private final ClusterPrefix prefix;
    private final LogKeys keys;
    private final FsckSettings settings;
    private final InstantSource clock;
    private final Findings findings;
    private final Counts counts;
    /// Segments that were read: they never change.
    private final Set<ObjectKey> sound = new HashSet<>();

    ShardCheck(
            StoreReader store,
            ClusterPrefix prefix,
            FsckSettings settings,
            InstantSource clock,
            Findings findings,
            Counts counts) {
        this.store = store;
        this.prefix = prefix;
        this.keys = new LogKeys(prefix);
        this.settings = settings;
        this.clock = clock;
        this.findings = findings;
        this.counts = counts;
    }

    /// @return empty if there is none, or none that can be read: the latter is a finding
    Optional<ShardManifest> manifest(ShardId shard, Findings found) {
        ObjectKey key = keys.manifest(shard);
        Optional<GetOutcome.Found> object = store.get(key);
        try {
            return object.map(bytes -> ShardManifest.decode(shard, bytes.bytes()));
        } catch (CorruptObject e) {
            found.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    /// What the manifest says by itself.
    void consistent(ShardManifest manifest, Assignments assignments, Findings found) {
        String name = "shard " + manifest.shard();
        if (assignments.leader(manifest.shard(), manifest.epoch()).isEmpty()
                && (assignments.complete() || manifest.epoch().number() <= assignments.entry())) {
            found.add(
                    Damage.EPOCH_CONTRADICTS,
                    name,
                    "the manifest was written at leader epoch " + manifest.epoch()
                            + ", which the metalog never assigned");
        }
        manifest.partitions().forEach((id, partition) -> {
            List<Extent> extents = new ArrayList<>();
            partition.pages().forEach(page -> extents.add(new Extent(page.baseOffset(), page.lastOffset())));
            partition.segments().forEach(part -> extents.add(new Extent(part.baseOffset(), part.lastOffset())));
            consistent(id, partition, extents, assignments.cleaned().contains(id.topicId()), found);
            for (int i = 1; i < partition.epochs().size(); i++) {
                var before = partition.epochs().get(i - 1);
                var after = partition.epochs().get(i);
                if (after.epoch() <= before.epoch() || after.offset() < before.offset()) {
                    found.add(
                            Damage.EPOCH_CONTRADICTS,
                            id.toString(),
                            "leader epoch " + after.epoch() + " from offset " + after.offset() + " on follows epoch "
                                    + before.epoch() + " from " + before.offset() + " on");
                }
            }
        });
    }

    /// Offsets that a part, or a page of parts, stands for.
    private record Extent(long base, long last) {}

    private static void consistent(
            TopicPartitionId id,
            ShardManifest.Partition partition,
            List<Extent> extents,
            boolean cleaned,
            Findings found) {
        if (extents.isEmpty()) {
            return;
        }
        long first = extents.getFirst().base();
        // The oldest part may begin below the log start, and only after cleaning beyond it.
        long next = cleaned ? first : Math.min(partition.logStartOffset(), first);
        for (Extent extent : extents) {
            if (extent.base() > next && !cleaned) {
                found.add(
                        Damage.OFFSETS_MISSING,
                        id.toString(),
                        "segments hold nothing of offsets " + next + " to " + (extent.base() - 1));
            } else if (extent.base() < next) {
                found.add(
                        Damage.OFFSETS_REPEATED,
                        id.toString(),
                        "segments hold offsets " + extent.base() + " to " + (next - 1) + " twice");
            }
            next = Math.max(next, extent.last() + 1);
        }
        if (next > partition.endOffset() || (next < partition.endOffset() && !cleaned)) {
            found.add(
                    Damage.MANIFEST_CONTRADICTS,
                    id.toString(),
                    "its last segment ends at " + next + ", and the manifest says " + partition.endOffset());
        }
    }

    /// Pages, segments and producer snapshots. The manifest is read anew: collectors may have been at work since.
    void objects(ShardId shard) {
        Optional<ShardManifest> manifest = manifest(shard, new Findings());
        if (manifest.isEmpty()) {
            return;
        }
        Findings standing = objects(manifest.get());
        Optional<ShardManifest> now = standing.isEmpty() ? manifest : manifest(shard, new Findings());
        for (int pass = 1; pass < settings.passes() && now.isPresent() && !now.equals(manifest); pass++) {
            manifest = now;
            standing = objects(manifest.get());
            now = standing.isEmpty() ? manifest : manifest(shard, new Findings());
        }
        findings.addAll(standing);
        snapshots(shard, manifest.get());
    }

    /// @return what is missing of what the manifest names, and what it does not name: a later manifest may
    private Findings objects(ShardManifest manifest) {
        ShardId shard = manifest.shard();
        Findings standing = new Findings();
        Set<ObjectKey> condemned = new HashSet<>();
        manifest.condemned()
                .forEach(one -> condemned.add(
                        switch (one.kind()) {
                            case SEGMENT -> keys.segment(one.id());
                            case PRODUCER_SNAPSHOT -> keys.producerSnapshot(shard, one.id());
                            case PARTS_PAGE -> keys.partsPage(one.id());
                        }));
        Map<String, Map<TopicPartitionId, Part>> named = new TreeMap<>();
        Set<ObjectKey> pages = new HashSet<>();
        manifest.partitions().forEach((id, partition) -> {
            for (ShardManifest.PageRef page : partition.pages()) {
                pages.add(keys.partsPage(page.id()));
                parts(manifest, id, page, standing).forEach(part -> name(named, id, part, standing));
            }
            partition.segments().forEach(part -> name(named, id, part, standing));
        });
        store.list(prefix.key("parts/" + shard).value() + "-", entry -> {
            if (!pages.contains(entry.key())) {
                unnamed(manifest, entry, condemned, standing);
            }
        });
        Set<String> unseen = new HashSet<>(named.keySet());
        store.each(
                keys.segment(shard + "-").value(),
                entry -> {
                    boolean isNamed = named.containsKey(last(entry.key()));
                    if (!isNamed) {
                        unnamed(manifest, entry, condemned, standing);
                    }
                    return isNamed && sound.add(entry.key());
                },
                (entry, object) -> object.ifPresent(
                        found -> segment(entry.key(), found.bytes(), named.getOrDefault(last(entry.key()), Map.of()))));
        sound.forEach(key -> unseen.remove(last(key)));
        for (String missing : unseen) {
            if (store.get(keys.segment(missing)).isEmpty()) {
                standing.add(
                        Damage.SEGMENT_MISSING,
                        keys.segment(missing).value(),
                        "the manifest of shard " + shard + " names it");
            }
        }
        return standing;
    }

    private List<Part> parts(
            ShardManifest manifest, TopicPartitionId id, ShardManifest.PageRef page, Findings standing) {
        ObjectKey key = keys.partsPage(page.id());
        Optional<GetOutcome.Found> object = store.get(key);
        if (object.isEmpty()) {
            standing.add(
                    Damage.SEGMENT_MISSING,
                    key.value(),
                    "the manifest of shard " + manifest.shard() + " names this page of parts");
            return List.of();
        }
        counts.objects++;
        counts.bytes += object.get().bytes().remaining();
        try {
            PartsPage read = PartsPage.decode(page.id(), object.get().bytes());
            if (!read.partition().equals(id) || !read.ref().equals(page)) {
                standing.add(
                        Damage.MANIFEST_CONTRADICTS,
                        key.value(),
                        "the manifest names " + page + " of " + id + ", and the page is " + read.ref() + " of "
                                + read.partition());
            }
            return read.parts();
        } catch (CorruptObject e) {
            findings.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
            return List.of();
        }
    }

    private void name(
            Map<String, Map<TopicPartitionId, Part>> named, TopicPartitionId id, Part part, Findings standing) {
        Part before =
                named.computeIfAbsent(part.segment(), _ -> new TreeMap<>()).put(id, part);
        if (before != null) {
            standing.add(
                    Damage.OFFSETS_REPEATED,
                    id.toString(),
                    "the manifest names segment " + part.segment() + " twice: " + before + ", " + part);
        }
    }

    /// Of an open or abandoned attempt, or condemned: then it leaves by itself.
    private void unnamed(ShardManifest manifest, ListOutcome.Entry entry, Set<ObjectKey> condemned, Findings standing) {
        String id = last(entry.key());
        boolean expected = condemned.contains(entry.key())
                || id.startsWith(manifest.attempt().idPrefix(manifest.shard()))
                || manifest.abandoned().stream().anyMatch(attempt -> id.startsWith(attempt.idPrefix(manifest.shard())));
        if (!expected && overdue(entry.lastModifiedMillis())) {
            standing.add(
                    Damage.ORPHAN,
                    entry.key().value(),
                    "the manifest of shard " + manifest.shard() + " does not name it, nor the attempt it belongs to");
        }
    }

    private static String last(ObjectKey key) {
        return key.value().substring(key.value().lastIndexOf('/') + 1);
    }

    private boolean overdue(long sinceMillis) {
        return sinceMillis < clock.millis() - settings.orphanGrace().toMillis();
    }

    private void segment(ObjectKey key, ByteBuffer bytes, Map<TopicPartitionId, Part> named) {
        counts.objects++;
        counts.bytes += bytes.remaining();
        SortedMap<TopicPartitionId, Part> held;
        try {
            held = SegmentLayout.decode(last(key), bytes);
        } catch (CorruptObject | IndexOutOfBoundsException e) {
            findings.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
            return;
        }
        named.forEach((partition, part) -> {
            Part there = held.get(partition);
            if (part.equals(there)) {
                batches(key, partition, part, bytes.slice());
            } else {
                findings.add(
                        Damage.MANIFEST_CONTRADICTS,
                        key.value(),
                        "the manifest names " + part + " of " + partition + ", and the segment holds "
                                + (there == null ? "nothing" : there));
            }
        });
    }

    private void batches(ObjectKey key, TopicPartitionId partition, Part part, ByteBuffer segment) {
        long next = part.baseOffset();
        long records = 0;
        int epoch = 0;
        int position = part.position();
        int end = part.position() + part.size();
        String problem = null;
        try {
            while (position < end && problem == null) {
                BatchHeader batch = BatchHeader.at(segment, position);
                if (batch.baseOffset() < next || batch.lastOffset() > part.lastOffset()) {
                    problem = "offsets " + batch.baseOffset() + " to " + batch.lastOffset() + " where " + next + " to "
                            + part.lastOffset() + " belong";
                } else if (batch.leaderEpoch() < epoch) {
                    problem = "leader epoch " + batch.leaderEpoch() + " behind epoch " + epoch;
                } else if (!Batches.intact(segment, batch)) {
                    problem = "the batch at offset " + batch.baseOffset() + " fails its own CRC";
                }
                next = batch.lastOffset() + 1;
                epoch = batch.leaderEpoch();
                records += batch.recordCount();
                position += batch.sizeInBytes();
            }
        } catch (InvalidBatch e) {
            problem = String.valueOf(e.getMessage());
        }
        counts.records += records;
        if (problem == null && records != part.records()) {
            problem = records + " records where " + part.records() + " belong";
        }
        if (problem != null) {
            findings.add(Damage.MANIFEST_CONTRADICTS, key.value(), partition + ": " + problem);
        }
    }

    private void snapshots(ShardId shard, ShardManifest manifest) {
        List<ListOutcome.Entry> listed = new ArrayList<>();
        store.list(prefix.key("producers/" + shard).value() + "/", listed::add);
        // Whoever was replaced was so when the next one came: from then on its grace runs.
        listed.sort(Comparator.comparingLong(ListOutcome.Entry::lastModifiedMillis));
        Optional<String> named = manifest.producerSnapshot();
        Set<String> condemned = new HashSet<>();
        manifest.condemned().forEach(one -> condemned.add(one.id()));
        for (int i = 0; i + 1 < listed.size(); i++) {
            String id = last(listed.get(i).key());
            if (!named.equals(Optional.of(id))
                    && !condemned.contains(id)
                    && overdue(listed.get(i + 1).lastModifiedMillis())) {
                findings.add(
                        Damage.ORPHAN,
                        listed.get(i).key().value(),
                        "was replaced longer ago than the grace, and is still there");
            }
        }
        named.ifPresent(id -> snapshot(shard, manifest, id));
    }

    private void snapshot(ShardId shard, ShardManifest manifest, String id) {
        ObjectKey key = keys.producerSnapshot(shard, id);
        Optional<GetOutcome.Found> object = store.get(key);
        if (object.isEmpty()) {
            boolean replaced = manifest(shard, new Findings())
                    .map(now -> !now.producerSnapshot().equals(Optional.of(id)))
                    .orElse(false);
            if (!replaced) {
                findings.add(Damage.SNAPSHOT_MISSING, key.value(), "the manifest of shard " + shard + " names it");
            }
            return;
        }
        counts.objects++;
        counts.bytes += object.get().bytes().remaining();
        try {
            ProducerSnapshot.decode(shard, id, object.get().bytes())
                    .partitions()
                    .forEach((partition, producers) -> {
                        ShardManifest.Partition folded = manifest.partitions().get(partition);
                        if (folded != null && producers.endOffset() > folded.endOffset()) {
                            findings.add(
                                    Damage.MANIFEST_CONTRADICTS,
                                    key.value(),
                                    partition + ": state as of offset " + producers.endOffset()
                                            + ", and segments end at " + folded.endOffset());
                        }
                    });
        } catch (CorruptObject e) {
            findings.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
        }
    }
}
