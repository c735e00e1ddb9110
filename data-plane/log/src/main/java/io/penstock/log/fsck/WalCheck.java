// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Floor;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotContent;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/// Walks all WALs of a cluster slot by slot, from floors to seals or to where their writers are.
///
/// May walk again: what was read is not read twice, because slots are write-once. Damage of objects is found while
/// walking; what only the whole picture shows is judged afterwards, and only then believed when it stands still.
final class WalCheck {
    private final StoreReader store;
    private final ClusterPrefix prefix;
    private final LogKeys keys;
    private final FsckSettings settings;
    private final InstantSource clock;
    private final Findings findings;
    private final Counts counts;

    private final Map<Incarnation, NavigableMap<Integer, Generation>> generations = new TreeMap<>();
    private final Map<ShardId, Map<TopicPartitionId, PartitionCoverage>> partitions = new TreeMap<>();
    private final Map<ShardId, LeaderEpoch> opened = new TreeMap<>();
    private final Set<Uuid> dropped = new HashSet<>();
    private final Map<Written, WalSlot> written = new HashMap<>();
    private final List<Evidence> evidence = new ArrayList<>();

    /// A leader's hand in a WAL.
    private record Written(ShardId shard, LeaderEpoch epoch, Incarnation incarnation) {}

    /// What an EPOCH_START says about a predecessor.
    private record Evidence(ShardId shard, LeaderEpoch predecessor, WalSlot where, WalSlot saidBy) {}

    WalCheck(
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

    Collection<Generation> generations() {
        return generations.values().stream()
                .flatMap(all -> all.values().stream())
                .toList();
    }

    Generation generation(Incarnation incarnation, int number) {
        return generations
                .computeIfAbsent(incarnation, _ -> new TreeMap<>())
                .computeIfAbsent(number, _ -> new Generation(incarnation, number));
    }

    Map<TopicPartitionId, PartitionCoverage> partitions(ShardId shard) {
        return partitions.getOrDefault(shard, Map.of());
    }

    Set<ShardId> shardsWritten() {
        Set<ShardId> shards = new TreeSet<>(partitions.keySet());
        shards.addAll(opened.keySet());
        return shards;
    }

    /// The highest epoch at which the shard is known to have been opened.
    Optional<LeaderEpoch> opened(ShardId shard) {
        return Optional.ofNullable(opened.get(shard));
    }

    boolean dropped(Uuid topicId) {
        return dropped.contains(topicId);
    }

    // ---- walking

    /// Reads every slot that is new since the last walk.
    void walk() {
        store.each(prefix.key("floor").value() + "/", _ -> true, this::floor);
        for (Generation generation : generations()) {
            generation.beyond = 0;
            generation.sealBeyond = false;
            generation.belowFloor = 0;
        }
        store.each(prefix.key("wal").value() + "/", this::unread, this::slot);
        generations().forEach(generation -> generation.belowFloorRead = true);
    }

    /// Manifests are read from here on: they cover floors of now, not later ones.
    void floorsAsOfNow() {
        generations().forEach(generation -> generation.floorBefore = generation.floor);
    }

    private void floor(ListOutcome.Entry entry, Optional<GetOutcome.Found> found) {
        Optional<ObjectName.FloorOf> name = ObjectName.of(prefix, entry.key()) instanceof ObjectName.FloorOf floorOf
                ? Optional.of(floorOf)
                : Optional.empty();
        if (name.isEmpty() || found.isEmpty()) {
            return;
        }
        Generation generation = generation(name.get().incarnation(), name.get().generation());
        generation.floorAt = entry.lastModifiedMillis();
        raised(generation, entry.key().value(), found.get().bytes());
    }

    private void raised(Generation generation, String key, ByteBuffer bytes) {
        try {
            generation.floor = Floor.decode(generation.incarnation, generation.number, bytes)
                    .slot();
            if (generation.seal == null) {
                generation.next = Math.max(generation.next, generation.floor);
            }
        } catch (CorruptObject e) {
            findings.add(Damage.OBJECT_DAMAGED, key, String.valueOf(e.getMessage()));
        }
    }

    private void readFloor(Generation generation) {
        var key = keys.floor(generation.incarnation, generation.number);
        store.get(key).ifPresent(found -> raised(generation, key.value(), found.bytes()));
    }

    private boolean unread(ListOutcome.Entry entry) {
        if (!(ObjectName.of(prefix, entry.key()) instanceof ObjectName.SlotAt(WalSlot slot))) {
            return false;
        }
        Generation generation = generation(slot.incarnation(), slot.generation());
        if (slot.slot() > generation.lastListed) {
            generation.lastListed = slot.slot();
            generation.lastListedAt = entry.lastModifiedMillis();
        }
        if (slot.slot() < generation.floor) {
            generation.belowFloor++;
            return !generation.belowFloorRead;
        }
        // Behind a seal nothing exists.
        return generation.seal == null && slot.slot() >= generation.next;
    }

    private void slot(ListOutcome.Entry entry, Optional<GetOutcome.Found> found) {
        if (!(ObjectName.of(prefix, entry.key()) instanceof ObjectName.SlotAt(WalSlot slot))) {
            return;
        }
        Generation generation = generation(slot.incarnation(), slot.generation());
        if (slot.slot() < generation.floor) {
            found.flatMap(object -> decoded(slot, object)).ifPresent(content -> belowFloor(generation, content));
            return;
        }
        if (generation.seal != null || slot.slot() < generation.next) {
            return;
        }
        if (slot.slot() > generation.next && generation.beyond == 0) {
            fill(generation, slot.slot());
        }
        if (generation.seal != null || slot.slot() < generation.next) {
            return;
        }
        Optional<SlotContent> content = found.flatMap(object -> decoded(slot, object));
        if (slot.slot() == generation.next) {
            if (found.isEmpty()) {
                gone(generation, slot);
            } else {
                take(generation, content);
            }
        } else if (found.isPresent()) {
            generation.beyond++;
            generation.sealBeyond |= content.isPresent() && content.get() instanceof SlotContent.SealContent;
        }
    }

    /// The listing does not show the slots before this one: they were collected, or came after it was made.
    private void fill(Generation generation, long before) {
        readFloor(generation);
        while (generation.seal == null && generation.next < before) {
            WalSlot slot = generation.slot(generation.next);
            Optional<GetOutcome.Found> found = store.get(keys.slot(slot));
            if (found.isEmpty()) {
                return;
            }
            take(generation, decoded(slot, found.get()));
        }
    }

    private void gone(Generation generation, WalSlot slot) {
        readFloor(generation);
        if (generation.next <= slot.slot()) {
            findings.add(Damage.SLOT_MISSING, slot.toString(), "was listed, and is not there any more");
        }
    }

    private Optional<SlotContent> decoded(WalSlot slot, GetOutcome.Found found) {
        counts.objects++;
        counts.bytes += found.bytes().remaining();
        try {
            return Optional.of(SlotCodec.decode(slot, found.bytes()));
        } catch (CorruptObject e) {
            findings.add(Damage.OBJECT_DAMAGED, keys.slot(slot).value(), String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private void belowFloor(Generation generation, SlotContent content) {
        generation.sealBelowFloor |= content instanceof SlotContent.SealContent;
        if (content instanceof SlotContent.WalData data) {
            for (BatchIndex row : data.batches()) {
                coverage(row.shard(), row.topicPartition())
                        .belowFloor(row, data.slot().toString());
            }
        }
    }

    /// What stands at `next`; a damaged object is taken for data of which nothing is known.
    private void take(Generation generation, Optional<SlotContent> content) {
        WalSlot slot = generation.slot(generation.next);
        if (content.isEmpty()) {
            generation.next++;
            return;
        }
        switch (content.get()) {
            case SlotContent.SealContent(Seal seal) -> {
                // Below the floor it is a stray that fell on a collected slot.
                readFloor(generation);
                if (generation.next == slot.slot()) {
                    generation.seal = seal;
                }
            }
            case SlotContent.WalData data -> {
                generation.next++;
                data.batches().forEach(row -> batch(data, row));
                data.control().forEach(entry -> control(generation, slot, entry));
            }
        }
    }

    private void batch(SlotContent.WalData data, BatchIndex row) {
        counts.records += row.recordCount();
        WalSlot slot = data.slot();
        String problem = Batches.problem(data.object(), row);
        if (problem != null) {
            findings.add(Damage.OBJECT_DAMAGED, keys.slot(slot).value(), problem);
        }
        written.putIfAbsent(new Written(row.shard(), row.epoch(), slot.incarnation()), slot);
        coverage(row.shard(), row.topicPartition()).batch(row);
    }

    private void control(Generation generation, WalSlot slot, ControlEntry entry) {
        written.putIfAbsent(new Written(entry.shard(), entry.epoch(), slot.incarnation()), slot);
        switch (entry) {
            case ControlEntry.EpochStart start -> {
                opened.merge(start.shard(), start.epoch(), (one, other) -> one.compareTo(other) > 0 ? one : other);
                start.endOffsets()
                        .forEach((id, end) -> coverage(start.shard(), id).reached(end, "EPOCH_START in " + slot));
                start.predecessors()
                        .forEach(closed ->
                                evidence.add(new Evidence(start.shard(), closed.epoch(), closed.evidence(), slot)));
            }
            case ControlEntry.HandOff handOff -> {
                generation.handOffs.add(new Generation.HandedOff(slot.slot(), handOff.shard(), handOff.epoch()));
                handOff.endOffsets()
                        .forEach((id, end) -> coverage(handOff.shard(), id).reached(end, "HANDOFF in " + slot));
            }
            case ControlEntry.LogStart start ->
                coverage(start.shard(), new TopicPartitionId(start.topicId(), start.partition()))
                        .logStart(start.offset());
            case ControlEntry.Drop drop -> dropped.add(drop.topicId());
        }
    }

    private PartitionCoverage coverage(ShardId shard, TopicPartitionId id) {
        return partitions
                .computeIfAbsent(shard, _ -> new TreeMap<>())
                .computeIfAbsent(id, _ -> new PartitionCoverage());
    }

    // ---- judging

    /// What the walks so far, the manifests and the metalog say together.
    void judge(Assignments assignments, Map<ShardId, LeaderEpoch> manifestEpochs, Findings found) {
        written.forEach((who, slot) -> {
            if (!assignments.allows(who.shard, who.epoch, who.incarnation)) {
                found.add(
                        Damage.EPOCH_CONTRADICTS,
                        slot.toString(),
                        "holds something of shard " + who.shard + " at leader epoch " + who.epoch
                                + ", which is that of "
                                + assignments
                                        .leader(who.shard, who.epoch)
                                        .map(Incarnation::toString)
                                        .orElse("nobody"));
            }
        });
        generations.forEach((incarnation, all) -> {
            if (assignments.complete() && !assignments.announced().contains(incarnation)) {
                found.add(Damage.FOREIGN_OBJECT, "wal/" + incarnation, "the metalog knows no such incarnation");
            }
            all.values().forEach(generation -> judge(generation, all, found));
        });
        for (Evidence said : evidence) {
            judge(said, found);
        }
        for (Assignments.Death death : assignments.deaths()) {
            LeaderEpoch heir = manifestEpochs.get(death.shard());
            boolean ended = generations.getOrDefault(death.incarnation(), new TreeMap<>()).values().stream()
                    .anyMatch(generation -> generation.seal != null && !generation.seal.continues());
            if (heir != null && heir.compareTo(death.heirEpoch()) >= 0 && !ended) {
                found.add(
                        Damage.SEAL_MISSING,
                        "wal/" + death.incarnation(),
                        "its heir has opened shard " + death.shard() + ", and no seal ends this WAL for all");
                for (Generation generation : generations
                        .getOrDefault(death.incarnation(), new TreeMap<>())
                        .values()) {
                    if (generation.seal == null && generation.sealBelowFloor) {
                        found.add(
                                Damage.FLOOR_TOO_HIGH,
                                "wal/" + generation.name(),
                                "floor " + generation.floor + " is above the only seal");
                    }
                }
            }
        }
    }

    private void judge(Generation generation, NavigableMap<Integer, Generation> all, Findings found) {
        String name = "wal/" + generation.name();
        Seal seal = generation.seal;
        boolean later = all.higherKey(generation.number) != null;
        if (seal == null && later) {
            found.add(
                    Damage.SEAL_MISSING,
                    name,
                    "a later generation exists, and no seal ends this one at slot " + generation.next);
        } else if (seal != null && later && !seal.continues()) {
            found.add(
                    Damage.FOREIGN_OBJECT,
                    "wal/" + generation.incarnation + "/" + all.higherKey(generation.number),
                    "the generation before it was ended for all at slot " + generation.next);
        }
        if (seal != null && generation.floor > generation.next) {
            found.add(
                    Damage.FLOOR_TOO_HIGH,
                    name,
                    "floor " + generation.floor + " is above the seal at slot " + generation.next);
        }
        if (generation.openPosition >= 0 && generation.floorBefore > generation.openPosition) {
            found.add(
                    Damage.FLOOR_TOO_HIGH,
                    name,
                    "floor " + generation.floorBefore + ", and no manifest covers slots beyond "
                            + generation.openPosition);
        }
        if (generation.position > generation.next) {
            found.add(
                    Damage.MANIFEST_BEYOND,
                    name,
                    "a manifest covers slots below " + generation.position + ", and slot " + generation.next
                            + " holds nothing of a writer");
        }
        boolean settled =
                generation.lastListedAt < clock.millis() - settings.settled().toMillis();
        if (seal == null
                && generation.beyond > 0
                && (generation.lastListed - generation.next >= settings.pipelineDepth()
                        || (generation.sealBeyond && settled))) {
            found.add(
                    Damage.SLOT_MISSING,
                    generation.slot(generation.next).toString(),
                    "holds nothing, and " + generation.beyond + " slots beyond it do, up to " + generation.lastListed);
        }
        boolean overdue =
                generation.floorAt < clock.millis() - settings.orphanGrace().toMillis();
        if (generation.belowFloor > 0 && overdue) {
            found.add(
                    Damage.ORPHAN,
                    name,
                    generation.belowFloor + " slots below floor " + generation.floor
                            + ", which was raised longer ago than the grace");
        }
    }

    private void judge(Evidence said, Findings found) {
        Generation generation = known(said.where.incarnation(), said.where.generation());
        long slot = said.where.slot();
        if (generation != null && slot < generation.floor) {
            return; // a hand-off that was collected; seals are never below a floor
        }
        boolean closed = generation != null
                && ((generation.seal != null
                                && generation.next == slot
                                && generation.seal.fences(said.shard, said.predecessor))
                        || generation.handedOff(slot, said.shard));
        if (!closed) {
            found.add(
                    Damage.SEAL_MISSING,
                    said.where.toString(),
                    "slot " + said.saidBy + " says that it closes shard " + said.shard + " up to leader epoch "
                            + said.predecessor + ", and it does not");
        }
    }

    /// A manifest says that the shard's closed epochs end there.
    void judgeEnd(ShardId shard, Incarnation incarnation, int number, long end, Findings found) {
        Generation generation = generation(incarnation, number);
        boolean sealed = generation.seal != null && generation.next == end;
        if (!sealed && (end == 0 || end - 1 >= generation.floor) && !generation.handedOff(end - 1, shard)) {
            found.add(
                    Damage.SEAL_MISSING,
                    generation.slot(end).toString(),
                    "the manifest of shard " + shard
                            + " says that it was closed here, and neither a seal nor a hand-off" + " says so");
        }
    }

    private @Nullable Generation known(Incarnation incarnation, int number) {
        return generations.getOrDefault(incarnation, new TreeMap<>()).get(number);
    }
}
