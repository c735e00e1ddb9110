// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What our own WAL holds that is not folded into segments yet, and who wrote to which generation. Pure.
final class OwnTail {
    private static final class Slot {
        final WalSlot slot;
        final long bytes;
        final Set<ShardId> unfolded;

        Slot(WalSlot slot, long bytes, Set<ShardId> unfolded) {
            this.slot = slot;
            this.bytes = bytes;
            this.unfolded = unfolded;
        }
    }

    private final ArrayDeque<Slot> slots = new ArrayDeque<>();
    private final Map<Integer, TreeMap<ShardId, Long>> lastSlots = new HashMap<>();
    private final Map<Integer, Long> ends = new HashMap<>();
    private long bytes;

    /// A slot of ours has become durable.
    ///
    /// @param writers the shards that it holds anything of
    /// @param led those of them that are ours to fold
    void durable(WalSlot slot, long size, Set<ShardId> writers, Set<ShardId> led) {
        TreeMap<ShardId, Long> last = lastSlots.computeIfAbsent(slot.generation(), _ -> new TreeMap<>());
        writers.forEach(shard -> last.put(shard, slot.slot()));
        ends.put(slot.generation(), slot.slot() + 1);
        slots.addLast(new Slot(slot, size, new TreeSet<>(led)));
        bytes += size;
        trim();
    }

    /// The shard's manifest covers everything of it in slots of the generation below the position.
    void folded(ShardId shard, int generation, long position) {
        for (Slot slot : slots) {
            if (slot.slot.generation() == generation && slot.slot.slot() < position) {
                slot.unfolded.remove(shard);
            }
        }
        trim();
    }

    /// The shard is not ours any more: its heir folds what it left.
    void left(ShardId shard) {
        for (Slot slot : slots) {
            slot.unfolded.remove(shard);
        }
        trim();
    }

    private void trim() {
        while (!slots.isEmpty() && slots.getFirst().unfolded.isEmpty()) {
            bytes -= slots.removeFirst().bytes;
        }
    }

    /// Slots from the first that is not folded on.
    int slots() {
        return slots.size();
    }

    long bytes() {
        return bytes;
    }

    /// Shards that have anything in slots that are not folded.
    Set<ShardId> unfolded() {
        Set<ShardId> shards = new TreeSet<>();
        slots.forEach(slot -> shards.addAll(slot.unfolded));
        return shards;
    }

    /// Generations that have slots, each with one beyond its last durable one.
    Map<Integer, Long> ends() {
        return Map.copyOf(ends);
    }

    /// Every shard that ever wrote to the generation, and the last slot in which it did.
    Map<ShardId, Long> writers(int generation) {
        return lastSlots.getOrDefault(generation, new TreeMap<>());
    }
}
