// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.kafka.records.BatchHeader;
import io.penstock.kafka.records.InvalidBatch;
import io.penstock.log.format.CorruptObject;
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
            found.add(Damage.EPOCH_CONTRADICTS, name, "the manifest was written at leader epoch " + manifest.epoch()
                    + ", which the metalog never assigned");
        }
        manifest.partitions().forEach((id, partition) -> {
            List<Part> parts = partition.segments();
            for (int i = 1; i < parts.size(); i++) {
                long end = parts.get(i - 1).lastOffset() + 1;
                long base = parts.get(i).baseOffset();
                if (base > end) {
                    found.add(
                            Damage.OFFSETS_MISSING,
                            id.toString(),
                            "segments hold nothing of offsets " + end + " to " + (base - 1));
                } else if (base < end) {
                    found.add(
                            Damage.OFFSETS_REPEATED,
                            id.toString(),
                            "segments hold offsets " + base + " to " + (end - 1) + " twice");
                }
            }
            if (!parts.isEmpty() && parts.getLast().lastOffset() + 1 != partition.endOffset()) {
                found.add(
                        Damage.MANIFEST_CONTRADICTS,
                        id.toString(),
                        "its last segment ends at " + (parts.getLast().lastOffset() + 1) + ", and the manifest says "
                                + partition.endOffset());
            }
            if (!parts.isEmpty() && parts.getFirst().baseOffset() > partition.logStartOffset()) {
                found.add(
                        Damage.OFFSETS_MISSING,
                        id.toString(),
                        "the log starts at " + partition.logStartOffset() + ", and segments at "
                                + parts.getFirst().baseOffset());
            }
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

    /// Segments and producer snapshots. The manifest is read anew: collectors may have been at work since.
    void objects(ShardId shard) {
        Optional<ShardManifest> manifest = manifest(shard, new Findings());
        if (manifest.isEmpty()) {
            return;
        }
        Set<String> unseen = segments(shard, manifest.get());
        Optional<ShardManifest> now = unseen.isEmpty() ? manifest : manifest(shard, new Findings());
        Set<String> stillNamed = now.map(newer -> partsBySegment(newer).keySet()).orElse(Set.of());
        for (String missing : unseen) {
            if (stillNamed.contains(missing) && store.get(keys.segment(missing)).isEmpty()) {
                findings.add(
                        Damage.SEGMENT_MISSING,
                        keys.segment(missing).value(),
                        "the manifest of shard " + shard + " names it");
            }
        }
        snapshots(shard, manifest.get());
    }

    private static Map<String, SortedMap<TopicPartitionId, List<Part>>> partsBySegment(ShardManifest manifest) {
        Map<String, SortedMap<TopicPartitionId, List<Part>>> segments = new TreeMap<>();
        manifest.partitions().forEach((id, partition) -> {
            for (Part part : partition.segments()) {
                segments.computeIfAbsent(part.segment(), _ -> new TreeMap<>())
                        .computeIfAbsent(id, _ -> new ArrayList<>(1))
                        .add(part);
            }
        });
        return segments;
    }

    /// @return the named ones that no listing shows
    private Set<String> segments(ShardId shard, ShardManifest manifest) {
        Map<String, SortedMap<TopicPartitionId, List<Part>>> named = partsBySegment(manifest);
        Set<String> unseen = new HashSet<>(named.keySet());
        String prefixOfShard = keys.segment(shard + "-").value();
        Set<String> abandoned = new HashSet<>();
        manifest.abandoned().forEach(attempt -> abandoned.add(attempt.idPrefix(shard)));
        abandoned.add(manifest.attempt().idPrefix(shard));
        store.each(
                prefixOfShard,
                entry -> {
                    String id = last(entry.key());
                    if (named.containsKey(id)) {
                        return true;
                    }
                    if (overdue(entry.lastModifiedMillis())
                            && abandoned.stream().noneMatch(id::startsWith)) {
                        findings.add(
                                Damage.ORPHAN,
                                entry.key().value(),
                                "the manifest of shard " + shard + " does not name it, nor the attempt it belongs to");
                    }
                    return false;
                },
                (entry, object) -> {
                    String id = last(entry.key());
                    object.ifPresent(found -> {
                        unseen.remove(id);
                        segment(id, entry.key(), found.bytes(), named.getOrDefault(id, new TreeMap<>()));
                    });
                });
        return unseen;
    }

    private static String last(ObjectKey key) {
        return key.value().substring(key.value().lastIndexOf('/') + 1);
    }

    private boolean overdue(long sinceMillis) {
        return sinceMillis < clock.millis() - settings.orphanGrace().toMillis();
    }

    private void segment(
            String id, ObjectKey key, ByteBuffer bytes, SortedMap<TopicPartitionId, List<Part>> named) {
        counts.objects++;
        counts.bytes += bytes.remaining();
        SortedMap<TopicPartitionId, Part> held;
        try {
            held = SegmentLayout.decode(id, bytes);
        } catch (CorruptObject | IndexOutOfBoundsException e) {
            findings.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
            return;
        }
        named.forEach((partition, parts) -> {
            Part part = held.get(partition);
            if (parts.size() != 1 || !parts.getFirst().equals(part)) {
                findings.add(
                        Damage.MANIFEST_CONTRADICTS,
                        key.value(),
                        "the manifest names " + parts + " of " + partition + ", and the segment holds "
                                + (part == null ? "nothing" : part));
            } else {
                batches(key, partition, part, bytes.slice());
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
        store.list(keys.producerSnapshot(shard, "x").value().replaceAll("x$", ""), listed::add);
        // Whoever was replaced was so when the next one came: from then on its grace runs.
        listed.sort((one, other) -> Long.compare(one.lastModifiedMillis(), other.lastModifiedMillis()));
        Optional<String> named = manifest.producerSnapshot();
        for (int i = 0; i < listed.size(); i++) {
            ListOutcome.Entry entry = listed.get(i);
            boolean isNamed = named.equals(Optional.of(last(entry.key())));
            boolean replacedLongAgo =
                    i + 1 < listed.size() && overdue(listed.get(i + 1).lastModifiedMillis());
            if (!isNamed && replacedLongAgo) {
                findings.add(
                        Damage.ORPHAN,
                        entry.key().value(),
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
            ProducerSnapshot.decode(shard, id, object.get().bytes()).partitions().forEach((partition, producers) -> {
                ShardManifest.Partition folded = manifest.partitions().get(partition);
                if (folded != null && producers.endOffset() > folded.endOffset()) {
                    findings.add(
                            Damage.MANIFEST_CONTRADICTS,
                            key.value(),
                            partition + ": state as of offset " + producers.endOffset() + ", and segments end at "
                                    + folded.endOffset());
                }
            });
        } catch (CorruptObject e) {
            findings.add(Damage.OBJECT_DAMAGED, key.value(), String.valueOf(e.getMessage()));
        }
    }
}
