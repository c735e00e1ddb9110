// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// What a leader writes into its WAL about a shard, beside batches. Stored whole in the footer.
public sealed interface ControlEntry {
    ShardId shard();

    /// The leader epoch under which it was written.
    LeaderEpoch epoch();

    /// The shard serves from here on at this epoch (R7).
    ///
    /// @param endOffsets log end offset per partition with which the epoch begins
    /// @param predecessors how every earlier epoch since the manifest's checkpoint was closed, oldest first
    record EpochStart(
            ShardId shard,
            LeaderEpoch epoch,
            Map<TopicPartitionId, Long> endOffsets,
            List<ClosedPredecessor> predecessors)
            implements ControlEntry {
        public EpochStart {
            endOffsets = sorted(endOffsets);
            predecessors = List.copyOf(predecessors);
        }
    }

    /// The shard has no more batches of this epoch: the heir may open it (R9).
    ///
    /// @param neverOpened the epoch wrote nothing, and `endOffsets` is empty
    /// @param endOffsets log end offset per partition with which the epoch ends
    record HandOff(ShardId shard, LeaderEpoch epoch, boolean neverOpened, Map<TopicPartitionId, Long> endOffsets)
            implements ControlEntry {
        public HandOff {
            endOffsets = sorted(endOffsets);
        }
    }

    /// Records below the offset are gone (DeleteRecords). Only grows.
    record LogStart(ShardId shard, LeaderEpoch epoch, Uuid topicId, int partition, long offset)
            implements ControlEntry {}

    /// The topic is deleted: the shard takes no more batches of it.
    record Drop(ShardId shard, LeaderEpoch epoch, Uuid topicId) implements ControlEntry {}

    /// An earlier epoch of the shard, and what closed it.
    ///
    /// @param evidence the slot of the seal, or of the hand-off
    record ClosedPredecessor(LeaderEpoch epoch, Incarnation incarnation, WalSlot evidence) {}

    /// In the order of topic ids and partitions, so that equal entries have equal bytes.
    private static SortedMap<TopicPartitionId, Long> sorted(Map<TopicPartitionId, Long> offsets) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(offsets));
    }

    /// Smallest size of an entry: its type, its length, shard and epoch.
    int MINIMUM_SIZE = 13;

    private static int typeOf(ControlEntry entry) {
        return switch (entry) {
            case EpochStart _ -> 1;
            case HandOff _ -> 2;
            case LogStart _ -> 3;
            case Drop _ -> 4;
        };
    }

    /// Type, length of the rest, shard, epoch, body.
    static void write(ControlEntry entry, FieldWriter out) {
        out.u8(typeOf(entry));
        int lengthAt = out.size();
        out.i32(0).i32(entry.shard().number()).i32(entry.epoch().number());
        switch (entry) {
            case EpochStart start -> {
                writeOffsets(start.endOffsets(), out);
                out.i32(start.predecessors().size());
                for (ClosedPredecessor predecessor : start.predecessors()) {
                    out.i32(predecessor.epoch().number())
                            .incarnation(predecessor.incarnation())
                            .slot(predecessor.evidence());
                }
            }
            case HandOff handOff -> {
                out.bool(handOff.neverOpened());
                writeOffsets(handOff.endOffsets(), out);
            }
            case LogStart logStart ->
                out.uuid(logStart.topicId()).i32(logStart.partition()).i64(logStart.offset());
            case Drop drop -> out.uuid(drop.topicId());
        }
        out.patchI32(lengthAt, out.size() - lengthAt - 4);
    }

    static ControlEntry read(FieldReader in) {
        int type = in.u8();
        FieldReader body = new FieldReader(in.bytes(in.i32()), in.object());
        ShardId shard = body.shard();
        LeaderEpoch epoch = body.epoch();
        ControlEntry entry = switch (type) {
            case 1 -> new EpochStart(shard, epoch, readOffsets(body), readPredecessors(body));
            case 2 -> new HandOff(shard, epoch, body.bool(), readOffsets(body));
            case 3 -> new LogStart(shard, epoch, body.uuid(), body.i32(), body.i64());
            case 4 -> new Drop(shard, epoch, body.uuid());
            default -> throw in.corrupt("unknown type of control entry: " + type);
        };
        body.end();
        return entry;
    }

    private static void writeOffsets(Map<TopicPartitionId, Long> offsets, FieldWriter out) {
        out.i32(offsets.size());
        offsets.forEach((partition, offset) -> out.topicPartition(partition).i64(offset));
    }

    private static Map<TopicPartitionId, Long> readOffsets(FieldReader in) {
        int count = in.count(28);
        Map<TopicPartitionId, Long> offsets = new TreeMap<>();
        for (int i = 0; i < count; i++) {
            offsets.put(in.topicPartition(), in.i64());
        }
        return offsets;
    }

    private static List<ClosedPredecessor> readPredecessors(FieldReader in) {
        int count = in.count(48);
        List<ClosedPredecessor> predecessors = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            predecessors.add(new ClosedPredecessor(in.epoch(), in.incarnation(), in.slot()));
        }
        return predecessors;
    }
}
