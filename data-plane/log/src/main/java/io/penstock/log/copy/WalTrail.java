// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import io.penstock.log.format.BatchIndex;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.ControlEntry.ClosedPredecessor;
import io.penstock.log.format.Seal;
import io.penstock.log.format.SlotContent;
import io.penstock.log.format.TopicPartitionId;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntToLongFunction;

/// How far one incarnation's WAL is in the copy: slot by slot without a gap, from generation to generation,
/// to its end or to the first slot that was not there. Holds no bytes, does no I/O.
final class WalTrail {
    /// Where a generation ends in the copy: at its seal, or before the first slot that is not in it.
    record End(int generation, long slot) {}

    private final Incarnation incarnation;
    private final IntToLongFunction floors;
    private final List<End> ends = new ArrayList<>();
    private final List<ClosedPredecessor> relied = new ArrayList<>();
    private final Map<TopicPartitionId, Long> endOffsets = new HashMap<>();
    private final Map<TopicPartitionId, Long> logStarts = new TreeMap<>();
    private int generation;
    private long next;
    private boolean closed;
    private int highestEpoch;
    private Instant wholeAt = Instant.MIN;

    /// @param floors generation → lowest slot that may exist
    WalTrail(Incarnation incarnation, IntToLongFunction floors) {
        this.incarnation = incarnation;
        this.floors = floors;
        this.next = floors.applyAsLong(0);
    }

    Incarnation incarnation() {
        return incarnation;
    }

    /// Whether a seal has ended it for ever.
    boolean isClosed() {
        return closed;
    }

    WalSlot next() {
        return new WalSlot(incarnation, generation, next);
    }

    /// The next slot was not there when it was asked for at this instant or later: everything that was
    /// durable by then is in the copy.
    void wholeAt(Instant asked) {
        wholeAt = asked;
    }

    /// Nothing that was durable in this WAL at that instant is missing; of a closed one, nothing ever.
    Instant wholeAt() {
        return closed ? Instant.MAX : wholeAt;
    }

    /// The next slot holds this.
    void found(SlotContent content) {
        switch (content) {
            case SlotContent.WalData data -> {
                data.batches().forEach(this::note);
                data.control().forEach(this::note);
                next++;
            }
            case SlotContent.SealContent(Seal seal) -> {
                ends.add(new End(generation, next));
                if (seal.continues()) {
                    generation++;
                    next = floors.applyAsLong(generation);
                } else {
                    closed = true;
                    next++;
                }
            }
        }
    }

    private void note(BatchIndex batch) {
        endOffsets.merge(batch.topicPartition(), batch.lastOffset() + 1, Math::max);
    }

    private void note(ControlEntry entry) {
        switch (entry) {
            case ControlEntry.EpochStart start -> {
                highestEpoch = Math.max(highestEpoch, start.epoch().number());
                relied.addAll(start.predecessors());
            }
            case ControlEntry.LogStart start ->
                logStarts.merge(new TopicPartitionId(start.topicId(), start.partition()), start.offset(), Math::max);
            case ControlEntry.HandOff _, ControlEntry.Drop _ -> {}
        }
    }

    /// Whether the copy holds the slot, or its floor had passed it.
    boolean includes(int ofGeneration, long slot) {
        return ofGeneration < generation || (ofGeneration == generation && (slot < next || closed));
    }

    /// What the shards that were opened in here hang on: it must be in the copy, too.
    List<ClosedPredecessor> relied() {
        return relied;
    }

    /// The highest epoch that was opened in here; 0: none.
    int highestEpoch() {
        return highestEpoch;
    }

    Map<TopicPartitionId, Long> endOffsets() {
        return endOffsets;
    }

    Map<TopicPartitionId, Long> logStarts() {
        return logStarts;
    }

    List<End> ends() {
        List<End> all = new ArrayList<>(ends);
        if (!closed) {
            all.add(new End(generation, next));
        }
        return all;
    }
}
