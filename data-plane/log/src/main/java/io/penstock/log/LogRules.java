// SPDX-License-Identifier: Apache-2.0
package io.penstock.log;

import java.util.EnumSet;
import java.util.Set;

/// Which rules of the log's protocol are obeyed: in production all of them, always.
///
/// Tests and the simulation switch single rules off to prove that each of them is needed: a rule nobody can
/// miss is either superfluous or untested.
public record LogRules(Set<Rule> switchedOff) {

    /// A rule whose absence loses, forks or hides acknowledged records.
    public enum Rule {
        /// R1: a slot is put only if absent. Off: whatever is there is replaced.
        R1_WRITE_ONCE,
        /// R1: the bytes of a slot never change between attempts. Off: a retry takes in what has come
        /// meanwhile.
        R1_FROZEN_BYTES,
        /// R2: a refused put is read back. Off: "refused" counts as "ours is there".
        R2_READ_BACK,
        /// R2: the writer obeys a seal only if the floor, read after it, is not above it. Off: it obeys any
        /// seal.
        R2_FLOOR_CHECK,
        /// R3: what is told follows the frontier. Off: each slot is acknowledged as soon as it is stored.
        R3_FRONTIER,
        /// R3: a deletion is shown and acknowledged when its LOG_START is durable. Off: at once.
        R3_LOG_START,
        /// R4: a seal goes to the first slot without data. Off: behind the last slot that a listing shows.
        R4_FIRST_MISSING,
        /// R4: a seal is valid only if the floor, read after it, is not above it. Off: any seal ends a
        /// generation.
        R4_FLOOR_CHECK,
        /// R5: the floor rises only as far as all shards that ever wrote cover. Off: only those that the
        /// collector leads.
        R5_ALL_WRITERS,
        /// R5: a position covers only what is folded. Off: everything that is durable.
        R5_POSITION,
        /// R5: seals are never deleted. Off: a generation that nobody needs goes with its seal.
        R5_SEALS_STAY,
        /// Consolidation: producers are saved as of ends that are durable. Off: as they stand.
        FOLD_DURABLE_PRODUCERS,
        /// Consolidation: a deleted topic leaves the manifest when everything that tails hold of it is folded.
        /// Off: when its time is over.
        FORGET_COVERED,
        /// Consolidation: only attempts marked as aborted are swept. Off: the open one as well.
        SWEEP_ABORTED_ONLY,
        /// Cleaning: tombstones stay for `delete.retention.ms`. Off: they go with the next cleaning.
        CLEAN_TOMBSTONES_STAY,
        /// Sequencing: an unknown producer begins with its first batch, as long as that may still be on the way. Off:
        /// with any, as Kafka's do.
        FIRST_SEQUENCE,
        /// R6: batches carry the epoch of the assignment, and a foreign epoch is refused. Off: epochs are
        /// not checked.
        R6_EPOCH_CHECK,
        /// R7: every predecessor is closed before a shard opens. Off: only the last one.
        R7_CLOSE_ALL_PREDECESSORS,
        /// R7: the manifest is taken by compare-and-set before tails are read. Off: after.
        R7_MANIFEST_BEFORE_TAILS,
        /// R8: what is unacknowledged is carried unchanged into the next generation. Off: it is dropped,
        /// while offsets go on.
        R8_CARRY_UNCHANGED,
        /// R9: a hand-off waits until the frontier covers the shard's last slot. Off: it does not wait.
        R9_HAND_OFF_WAITS,
        /// R9: who relies on a hand-off reads the generations before it. Off: only the one it is in.
        R9_EARLIER_GENERATIONS,
        /// R10: nothing negative is told before a barrier has proven that we are not fenced. Off: from memory.
        R10_BARRIER
    }

    private static final LogRules STRICT = new LogRules(Set.of());

    public LogRules {
        switchedOff = Set.copyOf(switchedOff);
    }

    /// All rules hold.
    public static LogRules strict() {
        return STRICT;
    }

    /// For tests and simulations only.
    public LogRules without(Rule rule) {
        EnumSet<Rule> off = EnumSet.of(rule);
        off.addAll(switchedOff);
        return new LogRules(off);
    }

    public boolean holds(Rule rule) {
        return !switchedOff.contains(rule);
    }
}
