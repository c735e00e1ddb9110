// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.metrics;

import org.jspecify.annotations.Nullable;

/// Names, units and meanings of what the log of a cluster counts; the registry adds suffixes. Every one has the label
/// `cluster`.
enum LogMetric {
    ACKNOWLEDGE(
            "penstock.produce.ack",
            null,
            "Part of the time until a produce is acknowledged; stage: batch (waiting for company), put, commit (waiting"
                    + " for slots below)"),
    SLOT_BYTES("penstock.wal.slot", "bytes", "Sizes of the slots that were cut"),
    SLOT_ENTRIES("penstock.wal.slot.entries", null, "Batches and control entries of the slots that were cut"),
    SLOTS("penstock.wal.slots", null, "Slots whose PUT has a certain outcome; outcome: durable, sealed, damaged"),
    PUT_ATTEMPTS("penstock.wal.put.attempts", null, "Attempts to put slots, hedges among them"),
    UNFLUSHED("penstock.wal.unflushed", "bytes", "Sequenced and not yet durable"),
    IN_FLIGHT("penstock.wal.frontier.lag.slots", null, "Slots that are sent and not passed by the durable frontier"),
    SEALS(
            "penstock.wal.seals",
            null,
            "Seals; role: obeyed (our WAL goes on), fenced (it ended), heir (a predecessor's)"),
    OPENING(
            "penstock.shard.opening",
            null,
            "From a shard's assignment to its opening; outcome: opened, superseded, corrupt"),
    RECOVERY_SLOTS("penstock.recovery.slots", null, "Slots of predecessors that openings had to look at"),
    RECOVERY_BYTES("penstock.recovery.read", "bytes", "Bytes of slots' footers that were read"),
    CACHE_HITS("penstock.cache.hits", null, "Reads answered from memory; cache: tail, block"),
    CACHE_MISSES("penstock.cache.misses", null, "Reads that went to the store"),
    READ_BYTES("penstock.log.read", "bytes", "Bytes of batches read; source: tail_cache, block_cache, store"),
    DEBT("penstock.consolidation.debt", "bytes", "Bytes of our own WAL that no segment holds"),
    BACKLOG("penstock.consolidation.backlog.objects", null, "Slots of our own WAL that no segment holds"),
    CONSOLIDATED("penstock.consolidation.written", "bytes", "Bytes that were rewritten into segments"),
    MERGED("penstock.consolidation.merged", "bytes", "Bytes of segments that were rewritten into larger ones"),
    ROUND("penstock.consolidation.round", null, "Rounds of consolidation"),
    LAST_ROUND("penstock.consolidation.last.success.timestamp", "seconds", "End of the last round; 0 before the first"),
    DELETED("penstock.gc.deleted.objects", null, "Objects that nobody needed any more, deleted"),
    BARRIER("penstock.read.barrier", null, "Read barriers; outcome: proven, not_proven");

    final String id;
    final @Nullable String unit;
    final String description;

    LogMetric(String id, @Nullable String unit, String description) {
        this.id = id;
        this.unit = unit;
        this.description = description;
    }
}
