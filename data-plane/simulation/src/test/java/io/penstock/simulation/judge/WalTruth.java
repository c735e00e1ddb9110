// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.judge;

import io.penstock.log.format.SlotCodec;
import io.penstock.log.format.SlotContent;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import io.penstock.simulation.store.StoreObserver;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Follows every WAL in the store, and tells the judge of each slot that joins a contiguous prefix.
///
/// The first seal in the first slot without data ends a generation for good: what lands behind it, or on a slot that
/// was
/// passed and deleted, changes nothing.
public final class WalTruth implements StoreObserver {
    private static final class Generation {
        final Map<Long, SlotContent> waiting = new HashMap<>();
        final SortedMap<ShardId, Long> lastSlots = new TreeMap<>();
        long end;
        boolean sealed;
    }

    private record GenerationOf(Incarnation incarnation, int generation) {}

    /// A generation that is over.
    ///
    /// @param end the slot of the seal
    /// @param lastSlots of every shard that wrote to it
    public record Ended(Incarnation incarnation, int generation, long end, SortedMap<ShardId, Long> lastSlots) {}

    private final Judge judge;
    private final Map<GenerationOf, Generation> generations = new LinkedHashMap<>();
    private long seals;

    public WalTruth(Judge judge) {
        this.judge = judge;
    }

    /// Seals that ended a generation.
    public long seals() {
        return seals;
    }

    /// Generations that are over, in the order in which they began.
    public List<Ended> ended() {
        List<Ended> ended = new ArrayList<>();
        generations.forEach((of, generation) -> {
            if (generation.sealed) {
                ended.add(new Ended(of.incarnation(), of.generation(), generation.end, generation.lastSlots));
            }
        });
        return ended;
    }

    @Override
    public void stored(ObjectKey key, ByteBuffer bytes) {
        WalSlot slot = slotOf(key);
        if (slot == null) {
            return;
        }
        Generation generation = generations.computeIfAbsent(
                new GenerationOf(slot.incarnation(), slot.generation()), _ -> new Generation());
        if (generation.sealed || slot.slot() < generation.end || generation.waiting.containsKey(slot.slot())) {
            return;
        }
        generation.waiting.put(slot.slot(), SlotCodec.decode(slot, bytes));
        while (!generation.sealed) {
            SlotContent next = generation.waiting.remove(generation.end);
            switch (next) {
                case null -> {
                    return;
                }
                case SlotContent.WalData data -> {
                    data.batches().forEach(batch -> generation.lastSlots.put(batch.shard(), generation.end));
                    data.control().forEach(entry -> generation.lastSlots.put(entry.shard(), generation.end));
                    generation.end++;
                    judge.durable(data);
                }
                case SlotContent.SealContent _ -> {
                    generation.sealed = true;
                    seals++;
                }
            }
        }
    }

    @Override
    public void deleted(ObjectKey key) {
        // What was durable stays the truth; whether it was folded first shows when it is read.
    }

    /// `<tenant>/<cluster>/wal/<I>/<g>/<s>`, or null for every other key.
    private static @Nullable WalSlot slotOf(ObjectKey key) {
        String[] parts = key.value().split("/", -1);
        return parts.length == 6 && parts[2].equals("wal")
                ? new WalSlot(Incarnation.parse(parts[3]), Integer.parseInt(parts[4]), Long.parseLong(parts[5]))
                : null;
    }
}
