// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.PartitionRef;
import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.ProducerSnapshot;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.log.read.TailBatch;
import io.penstock.log.read.TailSlot;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.apache.kafka.common.Uuid;

/// Rebuilds a shard from its manifest and the footers of its closed tails. Pure: no store, no clock that decides.
///
/// Epochs are replayed in order, and within an epoch slots in order: an epoch belongs to one incarnation, and what a
/// generation did not acknowledge stands, unchanged, in the next (R8). Every offset must follow the one before, and
/// must
/// reach what EPOCH_START and HANDOFF say: a hole is corruption, never skipped (R11).
final class ShardRecovery {
    private final ShardId shard;
    private final LeaderEpoch epoch;
    private final LongSupplier wallMillis;
    private final Map<TopicPartitionId, PartitionLog> partitions = new TreeMap<>();
    private final Set<Uuid> dropped = new TreeSet<>();

    /// @param epoch at which the shard is opened: only what lower epochs wrote counts
    ShardRecovery(ShardId shard, LeaderEpoch epoch, LongSupplier wallMillis) {
        this.shard = shard;
        this.epoch = epoch;
        this.wallMillis = wallMillis;
    }

    private record Step(LeaderEpoch epoch, int generation, long slot, int order, Object what, TailSlot in) {
        static final Comparator<Step> IN_ORDER = Comparator.comparing(Step::epoch)
                .thenComparingInt(Step::generation)
                .thenComparingLong(Step::slot)
                .thenComparingInt(Step::order);
    }

    /// @param slots of all tails, in any order
    /// @throws CorruptObject if something is missing or contradicts
    void rebuild(ShardManifest manifest, Optional<ProducerSnapshot> producers, List<ReadSlot> slots) {
        manifest.partitions().forEach((id, partition) -> partition(id).loadManifest(partition));
        producers.ifPresent(snapshot ->
                snapshot.partitions().forEach((id, saved) -> partition(id).loadProducers(saved)));
        dropped.addAll(manifest.dropped().keySet());
        List<Step> steps = new ArrayList<>();
        for (ReadSlot slot : slots) {
            addSteps(slot, steps);
        }
        steps.sort(Step.IN_ORDER);
        for (Step step : steps) {
            switch (step.what) {
                case BatchIndex row -> replay(row, step.in);
                case ControlEntry entry -> replay(entry, step.in);
                default -> throw new IllegalStateException("neither batch nor control entry: " + step.what);
            }
        }
    }

    private void addSteps(ReadSlot slot, List<Step> steps) {
        int generation = slot.slot().slot().generation();
        long number = slot.slot().slot().slot();
        int order = 0;
        for (ControlEntry entry : slot.control()) {
            if (entry instanceof ControlEntry.EpochStart) {
                add(entry.shard(), entry.epoch(), generation, number, order++, entry, slot.slot(), steps);
            }
        }
        for (BatchIndex row : slot.batches()) {
            add(row.shard(), row.epoch(), generation, number, order++, row, slot.slot(), steps);
        }
        for (ControlEntry entry : slot.control()) {
            if (!(entry instanceof ControlEntry.EpochStart)) {
                add(entry.shard(), entry.epoch(), generation, number, order++, entry, slot.slot(), steps);
            }
        }
    }

    private void add(
            ShardId of,
            LeaderEpoch written,
            int generation,
            long slot,
            int order,
            Object what,
            TailSlot in,
            List<Step> steps) {
        if (of.equals(shard) && written.compareTo(epoch) < 0) {
            steps.add(new Step(written, generation, slot, order, what, in));
        }
    }

    private void replay(BatchIndex row, TailSlot in) {
        PartitionLog partition = partition(row.topicPartition());
        if (row.lastOffset() < partition.endOffset()) {
            return; // folded into a segment already
        }
        if (row.baseOffset() != partition.endOffset()) {
            throw new CorruptObject(
                    in.slot().toString(),
                    "batch of " + row.topicPartition() + " at offset " + row.baseOffset() + ", where offset "
                            + partition.endOffset() + " belongs: records are missing");
        }
        partition.replay(new TailBatch(row, in));
    }

    private void replay(ControlEntry entry, TailSlot in) {
        switch (entry) {
            case ControlEntry.EpochStart start -> requireEnds(start.endOffsets(), "EPOCH_START", in);
            case ControlEntry.HandOff handOff -> requireEnds(handOff.endOffsets(), "HANDOFF", in);
            case ControlEntry.LogStart start ->
                partition(new TopicPartitionId(start.topicId(), start.partition()))
                        .raiseLogStart(start.offset());
            case ControlEntry.Drop drop -> dropped.add(drop.topicId());
        }
    }

    private void requireEnds(Map<TopicPartitionId, Long> ends, String entry, TailSlot in) {
        ends.forEach((id, end) -> {
            long known = partition(id).endOffset();
            if (known < end) {
                throw new CorruptObject(
                        in.slot().toString(),
                        entry + " says that " + id + " ends at " + end + ", and only " + known + " were found");
            }
        });
    }

    private PartitionLog partition(TopicPartitionId id) {
        return partitions.computeIfAbsent(
                id, _ -> new PartitionLog(new PartitionRef(shard, id.topicId(), id.partition()), epoch, wallMillis));
    }

    Map<TopicPartitionId, PartitionLog> partitions() {
        return partitions;
    }

    Set<Uuid> dropped() {
        return dropped;
    }
}
