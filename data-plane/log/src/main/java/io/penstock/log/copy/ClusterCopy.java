// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import io.penstock.log.copy.CopyReport.PartitionPoint;
import io.penstock.log.format.ControlEntry.ClosedPredecessor;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Floor;
import io.penstock.log.format.PartsPage;
import io.penstock.log.format.ProducerSnapshot;
import io.penstock.log.format.SegmentLayout;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.MetaKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// Copies one cluster's prefix while its brokers write to it, without a word to them.
///
/// The copy holds, for every WAL, its slots up to some slot without a gap; a manifest of every shard that
/// those slots reach beyond; every object that those manifests name; and the metalog up to an entry that
/// knows of every epoch in them. docs/design/copy.md says why that is a cluster that an heir can open.
/// Blocks; one thread; once per instance.
public final class ClusterCopy {
    private final CopySource source;
    private final CopyTarget target;
    private final ClusterPrefix from;
    private final LogKeys keys;
    private final Supplier<MetalogView> metalog;
    private final CopySettings settings;
    private final InstantSource clock;
    private final Consumer<String> progress;

    private final Map<Generation, Floored> floors = new HashMap<>();
    private final Map<ShardId, Kept> manifests = new TreeMap<>();
    private final Map<Incarnation, WalTrail> trails = new LinkedHashMap<>();
    private Instant viewAt = Instant.MIN;
    private MetalogView view = new MetalogView(0, 0, Map.of(), java.util.Set.of(), Map.of());

    private record Generation(Incarnation incarnation, int number) {}

    private record Floored(Floor floor, ByteBuffer bytes) {}

    private record Kept(ShardManifest manifest, ByteBuffer bytes) {}

    /// The source collected a slot or a segment that this copy still needed.
    private static final class Collected extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Collected(String what) {
            super(what, null, false, false);
        }
    }

    /// @param metalog read as far as it goes, at every call; it vouches for every entry up to there
    /// @param clock tells people when the point was
    /// @param sleep waits before a request is repeated
    /// @param progress told what is being done, for people
    public ClusterCopy(
            ObjectStore source,
            ClusterPrefix from,
            ObjectStore target,
            ClusterPrefix to,
            Supplier<MetalogView> metalog,
            CopySettings settings,
            InstantSource clock,
            Consumer<Duration> sleep,
            Consumer<String> progress) {
        this.source = new CopySource(source, settings, sleep);
        this.target = new CopyTarget(target, to, settings, sleep);
        this.from = from;
        this.keys = new LogKeys(from);
        this.metalog = metalog;
        this.settings = settings;
        this.clock = clock;
        this.progress = progress;
    }

    /// @param identity the object that makes the copy a cluster; put last
    /// @throws CopyFailed if it was not finished
    public CopyReport copy(ByteBuffer identity) {
        target.begin();
        try {
            for (int attempt = 0; attempt < settings.restarts(); attempt++) {
                try {
                    return once(identity);
                } catch (Collected e) {
                    progress.accept("begins anew: " + e.getMessage());
                }
            }
        } catch (CorruptObject e) {
            throw new CopyFailed(CopyFailed.Reason.SOURCE_DAMAGED, String.valueOf(e.getMessage()));
        }
        throw new CopyFailed(
                CopyFailed.Reason.OVERTAKEN,
                "the source was collected while it was copied, " + settings.restarts() + " times");
    }

    private CopyReport once(ByteBuffer identity) {
        trails.clear();
        manifests.clear();
        target.again();
        readFloors();
        readOn();
        progress.accept("segments of " + view.shards() + " shards, metalog up to entry " + view.entry());
        do {
            // What is named now is copied before the WALs, so that little happens between these and the manifests.
        } while (readManifests());
        findTrails();
        progress.accept("slots of " + trails.size() + " WALs");
        trails.values().forEach(trail -> advance(trail, settings.slotsAtOnce()));
        Point point = findPoint();
        requireNothingCollected();
        copyTheRest();
        target.sweep();
        target.finish(identity);
        return new CopyReport(
                point.at,
                point.instant,
                view.entry(),
                partitions(),
                target.copied,
                target.kept,
                target.swept,
                target.bytes);
    }

    // ---- floors, before everything else: slots that a manifest needs are never below a floor that was read before it

    private void readFloors() {
        floors.clear();
        source.list(from.value() + "/floor/", entry -> {
            String[] parts = relative(entry.key()).split("/", -1);
            var generation = new Generation(Incarnation.parse(parts[1]), Integer.parseInt(parts[2]));
            source.get(entry.key())
                    .ifPresent(bytes -> floors.put(
                            generation,
                            new Floored(
                                    Floor.decode(generation.incarnation, generation.number, bytes.duplicate()),
                                    bytes)));
        });
    }

    private long floor(Incarnation incarnation, int generation) {
        Floored known = floors.get(new Generation(incarnation, generation));
        return known == null ? 0 : known.floor.slot();
    }

    // ---- manifests, and what they name

    /// @return whether any is newer than what was read before
    private boolean readManifests() {
        boolean news = false;
        for (int shard = 0; shard < view.shards(); shard++) {
            news |= readManifest(new ShardId(shard));
        }
        return news;
    }

    private boolean readManifest(ShardId shard) {
        Optional<ByteBuffer> bytes = source.get(keys.manifest(shard));
        if (bytes.isEmpty()) {
            return false;
        }
        Kept read = new Kept(ShardManifest.decode(shard, bytes.get().duplicate()), bytes.get());
        Kept before = manifests.get(shard);
        if (before != null && before.manifest.version() == read.manifest.version()) {
            return false;
        }
        try {
            copyNamed(read.manifest);
        } catch (Collected e) {
            requireNewer(read.manifest, e);
            throw e;
        }
        manifests.put(shard, read);
        return true;
    }

    /// What a manifest names is gone only after a later one names it no more.
    private void requireNewer(ShardManifest manifest, Collected gone) {
        ByteBuffer now = source.get(keys.manifest(manifest.shard())).orElseThrow(() -> gone);
        if (ShardManifest.decode(manifest.shard(), now).version() == manifest.version()) {
            throw new CorruptObject(
                    "manifest of shard " + manifest.shard(), "names an object that is missing: " + gone.getMessage());
        }
    }

    private void copyNamed(ShardManifest manifest) {
        for (ShardManifest.Partition partition : manifest.partitions().values()) {
            for (ShardManifest.PageRef page : partition.pages()) {
                ObjectKey key = keys.partsPage(page.id());
                copy(relative(key), bytes -> PartsPage.decode(page.id(), bytes))
                        .ifPresent(bytes ->
                                copySegments(PartsPage.decode(page.id(), bytes).parts()));
            }
            copySegments(partition.segments());
        }
        manifest.producerSnapshot()
                .ifPresent(id -> copy(
                        relative(keys.producerSnapshot(manifest.shard(), id)),
                        bytes -> ProducerSnapshot.decode(manifest.shard(), id, bytes)));
    }

    private void copySegments(List<ShardManifest.Part> parts) {
        parts.stream()
                .map(ShardManifest.Part::segment)
                .distinct()
                .forEach(id -> copy(relative(keys.segment(id)), bytes -> SegmentLayout.decode(id, bytes)));
    }

    /// A write-once object that must be there, unless the source has let go of it meanwhile.
    ///
    /// @return its bytes; empty if it is in the copy since before
    private Optional<ByteBuffer> copy(String key, Consumer<ByteBuffer> check) {
        if (target.wants(key)) {
            return Optional.empty();
        }
        Optional<ByteBuffer> kept = target.kept(key, check);
        if (kept.isPresent()) {
            return kept;
        }
        ByteBuffer bytes = source.get(from.key(key)).orElseThrow(() -> new Collected(key + " is gone"));
        check.accept(bytes.duplicate());
        target.put(key, bytes);
        return Optional.of(bytes);
    }

    // ---- WALs

    private void findTrails() {
        source.list(
                from.value() + "/wal/",
                entry -> follow(Incarnation.parse(relative(entry.key()).split("/", -1)[1])));
        view.incarnations().forEach(this::follow);
        manifests.values().forEach(kept -> kept.manifest.tails().forEach(tail -> follow(tail.incarnation())));
    }

    private WalTrail follow(Incarnation incarnation) {
        return trails.computeIfAbsent(
                incarnation, _ -> new WalTrail(incarnation, generation -> floor(incarnation, generation)));
    }

    /// Copies on from where the trail is, to the first slot that is not there.
    ///
    /// @param atOnce how many slots are asked for together
    /// @return whether there was any
    private boolean advance(WalTrail trail, int atOnce) {
        boolean moved = false;
        while (!trail.isClosed()) {
            WalSlot first = trail.next();
            Instant now = clock.instant();
            List<ObjectKey> asked = new ArrayList<>();
            List<CompletableFuture<GetOutcome>> answers = new ArrayList<>();
            for (int i = 0; i < atOnce; i++) {
                ObjectKey key = keys.slot(new WalSlot(first.incarnation(), first.generation(), first.slot() + i));
                asked.add(key);
                answers.add(source.ask(key));
            }
            for (int i = 0; i < atOnce && trail.next().generation() == first.generation() && !trail.isClosed(); i++) {
                Optional<ByteBuffer> bytes = source.answer(asked.get(i), answers.get(i));
                if (bytes.isEmpty()) {
                    trail.wholeAt(now);
                    return moved;
                }
                take(trail, asked.get(i), bytes.get());
                moved = true;
            }
        }
        return moved;
    }

    private void take(WalTrail trail, ObjectKey key, ByteBuffer bytes) {
        WalSlot slot = trail.next();
        trail.found(SlotCodec.decode(slot, bytes.duplicate()));
        if (!target.wants(relative(key))
                && target.kept(relative(key), there -> SlotCodec.decode(slot, there))
                        .isEmpty()) {
            target.put(relative(key), bytes);
        }
    }

    // ---- the point

    /// @param at what was acknowledged before it is in the copy
    private record Point(Instant at, boolean instant) {}

    /// Asks all WALs and the metalog for what comes next, again and again, until a round finds nothing new:
    /// then nothing that is in the copy was caused by anything that is not. A cluster too busy for such a
    /// round gets the next best: every partition whole up to its own end.
    private Point findPoint() {
        for (int round = 0; round < settings.rounds(); round++) {
            Instant asked = clock.instant();
            boolean moved = probeAll();
            moved |= readOn();
            moved |= settle();
            if (!moved) {
                return new Point(asked, true);
            }
        }
        while (settle()) {
            readOn();
        }
        // Who was announced after the metalog was read has a WAL that nobody looked at.
        Instant at = viewAt;
        for (WalTrail trail : trails.values()) {
            at = trail.wholeAt().isBefore(at) ? trail.wholeAt() : at;
        }
        return new Point(at, false);
    }

    private boolean probeAll() {
        Instant now = clock.instant();
        Map<WalTrail, CompletableFuture<GetOutcome>> asked = new LinkedHashMap<>();
        trails.values().stream()
                .filter(trail -> !trail.isClosed())
                .forEach(trail -> asked.put(trail, source.ask(keys.slot(trail.next()))));
        boolean moved = false;
        for (var answer : asked.entrySet()) {
            ObjectKey key = keys.slot(answer.getKey().next());
            Optional<ByteBuffer> bytes = source.answer(key, answer.getValue());
            if (bytes.isPresent()) {
                take(answer.getKey(), key, bytes.get());
                moved = true;
            } else {
                answer.getKey().wholeAt(now);
            }
        }
        return moved;
    }

    /// @return whether the metalog has gone on
    private boolean readOn() {
        Instant asked = clock.instant();
        MetalogView now = metalog.get();
        viewAt = asked;
        if (now.entry() == view.entry()) {
            return false;
        }
        view = now;
        view.incarnations().forEach(this::follow);
        return true;
    }

    /// Whether the metalog in the copy knows every epoch in it.
    private boolean isKnown() {
        int highest = Math.max(
                trails.values().stream().mapToInt(WalTrail::highestEpoch).max().orElse(0),
                manifests.values().stream()
                        .mapToInt(kept -> kept.manifest.epoch().number())
                        .max()
                        .orElse(0));
        return highest <= view.entry();
    }

    /// What the copy holds must not hang on what it lacks; what it lacks is there by now, and is copied.
    ///
    /// @return whether anything was missing
    private boolean settle() {
        boolean missing = false;
        for (Map.Entry<ShardId, LeaderEpoch> listed : view.oldestEpochs().entrySet()) {
            Kept kept = manifests.get(listed.getKey());
            if (kept == null || kept.manifest.checkpoint().compareTo(listed.getValue()) < 0) {
                missing |= readManifest(listed.getKey());
            }
        }
        for (Kept kept : manifests.values()) {
            for (ShardManifest.Tail tail : kept.manifest.tails()) {
                long below = Math.max(tail.position(), tail.end().orElse(0));
                missing |= below > 0 && bringTo(tail.incarnation(), tail.generation(), below - 1);
            }
        }
        for (WalTrail trail : List.copyOf(trails.values())) {
            if (trail.wholeAt().equals(Instant.MIN)) {
                missing |= advance(trail, 1); // it came with an entry that was read since
            }
            for (ClosedPredecessor closed : List.copyOf(trail.relied())) {
                WalSlot evidence = closed.evidence();
                missing |= bringTo(evidence.incarnation(), evidence.generation(), evidence.slot());
            }
        }
        return missing || !isKnown();
    }

    private boolean bringTo(Incarnation incarnation, int generation, long slot) {
        WalTrail trail = follow(incarnation);
        if (trail.includes(generation, slot)) {
            return false;
        }
        if (!advance(trail, 1)) {
            throw new Collected("slot " + slot + " of " + incarnation + "/" + generation + " is not there");
        }
        return true;
    }

    /// A hole in a WAL is its end only if the floor has not passed it; the same holds for a seal.
    private void requireNothingCollected() {
        for (WalTrail trail : trails.values()) {
            for (WalTrail.End end : trail.ends()) {
                source.get(keys.floor(trail.incarnation(), end.generation())).ifPresent(bytes -> {
                    Floor now = Floor.decode(trail.incarnation(), end.generation(), bytes.duplicate());
                    if (now.slot() > end.slot()) {
                        throw new Collected("the floor of " + trail.incarnation() + "/" + end.generation()
                                + " has passed slot " + end.slot());
                    }
                });
            }
        }
    }

    // ---- the rest

    private void copyTheRest() {
        source.list(from.value() + "/pid/", entry -> copy(relative(entry.key()), _ -> {}));
        MetaKeys meta = new MetaKeys(from);
        newestSnapshot(meta).ifPresent(key -> copy(relative(key), _ -> {}));
        for (int number = 1; number <= view.entry(); number++) {
            copy(relative(meta.entry(number)), _ -> {});
        }
        floors.forEach((generation, floored) ->
                target.put("floor/" + generation.incarnation + "/" + generation.number, floored.bytes));
        manifests.forEach((shard, kept) -> target.put("shard/" + shard.number(), kept.bytes));
    }

    private Optional<ObjectKey> newestSnapshot(MetaKeys meta) {
        List<ObjectKey> usable = new ArrayList<>();
        source.list(meta.snapshots(), entry -> {
            if (MetaKeys.numberOf(entry.key()) <= view.entry()) {
                usable.add(entry.key());
            }
        });
        return usable.isEmpty() ? Optional.empty() : Optional.of(usable.getLast());
    }

    private String relative(ObjectKey key) {
        return key.value().substring(from.value().length() + 1);
    }

    private List<PartitionPoint> partitions() {
        Map<TopicPartitionId, long[]> ranges = new HashMap<>();
        for (Kept kept : manifests.values()) {
            kept.manifest.partitions().forEach((id, partition) -> raise(ranges, id, partition.logStartOffset(), 1));
            kept.manifest.partitions().forEach((id, partition) -> raise(ranges, id, partition.endOffset(), 0));
        }
        for (WalTrail trail : trails.values()) {
            trail.logStarts().forEach((id, offset) -> raise(ranges, id, offset, 1));
            trail.endOffsets().forEach((id, offset) -> raise(ranges, id, offset, 0));
        }
        List<PartitionPoint> points = new ArrayList<>();
        ranges.forEach((id, range) -> {
            String topic = view.topics().get(id.topicId());
            if (topic != null) {
                points.add(new PartitionPoint(topic, id.partition(), range[1], range[0]));
            }
        });
        points.sort(Comparator.comparing(PartitionPoint::topic).thenComparingInt(PartitionPoint::partition));
        return points;
    }

    private static void raise(Map<TopicPartitionId, long[]> ranges, TopicPartitionId id, long offset, int which) {
        long[] range = ranges.computeIfAbsent(id, _ -> new long[2]);
        range[which] = Math.max(range[which], offset);
    }
}
