// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A world in which one rule of log.md is not obeyed. The simulator is worth something only if it catches
/// each.
public enum Mutant {
    R1_WRITE_ONCE(Rule.R1_WRITE_ONCE),
    R1_FROZEN_BYTES(Rule.R1_FROZEN_BYTES),
    R2_READ_BACK(Rule.R2_READ_BACK),
    R2_FLOOR_CHECK(Rule.R2_FLOOR_CHECK, Ambush.Plan.KEEP_A_SEAL_FOR_A_COLLECTED_SLOT),
    R3_FRONTIER(Rule.R3_FRONTIER),
    R3_LOG_START(Rule.R3_LOG_START),
    R4_FIRST_MISSING(Rule.R4_FIRST_MISSING),
    R4_FLOOR_CHECK(Rule.R4_FLOOR_CHECK, Ambush.Plan.FREEZE_THE_SEALER_AT_THE_FLOOR),
    R5_ALL_WRITERS(Rule.R5_ALL_WRITERS),
    R5_POSITION(Rule.R5_POSITION),
    R5_SEALS_STAY(Rule.R5_SEALS_STAY, Ambush.Plan.FREEZE_UNTIL_THE_SEAL_IS_GONE),
    FOLD_DURABLE_PRODUCERS(Rule.FOLD_DURABLE_PRODUCERS),
    SWEEP_ABORTED_ONLY(Rule.SWEEP_ABORTED_ONLY),
    FIRST_SEQUENCE(Rule.FIRST_SEQUENCE),
    CLEAN_TOMBSTONES_STAY(Rule.CLEAN_TOMBSTONES_STAY),
    FORGET_COVERED(Rule.FORGET_COVERED),
    R6_EPOCH_CHECK(Rule.R6_EPOCH_CHECK, Ambush.Plan.FREEZE_THE_FOLDER),
    /// R6: the bucket wins over the database. Off: what the database says is pushed to brokers although the
    /// bucket holds
    /// another entry of that number.
    R6_BUCKET_WINS,
    /// The metalog: who reads a foreign CLAIM lets go of the cluster, and what the former owner writes is
    /// void. Off: the former owner and its brokers go on as if nobody had claimed anything.
    CLAIM_SHUTS_OUT,
    R7_CLOSE_ALL_PREDECESSORS(Rule.R7_CLOSE_ALL_PREDECESSORS),
    R7_MANIFEST_BEFORE_TAILS(Rule.R7_MANIFEST_BEFORE_TAILS, Ambush.Plan.FREEZE_THE_HEIR_AT_THE_MANIFEST),
    R8_CARRY_UNCHANGED(Rule.R8_CARRY_UNCHANGED),
    R9_HAND_OFF_WAITS(Rule.R9_HAND_OFF_WAITS),
    R9_EARLIER_GENERATIONS(Rule.R9_EARLIER_GENERATIONS, Ambush.Plan.HAND_OFF_IN_THE_NEXT_GENERATION),
    R10_BARRIER(Rule.R10_BARRIER);

    private final @Nullable Rule off;

    private final Ambush.@Nullable Plan shownBy;

    Mutant(@Nullable Rule off, Ambush.@Nullable Plan shownBy) {
        this.off = off;
        this.shownBy = shownBy;
    }

    Mutant(Rule off) {
        this(off, null);
    }

    Mutant() {
        this(null, null);
    }

    /// The ambush that shows it, if chance alone hardly does.
    Optional<Ambush.Plan> shownBy() {
        return Optional.ofNullable(shownBy);
    }

    /// Whether only worlds with compacted topics can show it.
    boolean shownByCleaning() {
        return this == CLEAN_TOMBSTONES_STAY;
    }

    LogRules rules() {
        return off == null ? LogRules.strict() : LogRules.strict().without(off);
    }

    boolean claimsHonoured() {
        return this != CLAIM_SHUTS_OUT;
    }

    boolean bucketWins() {
        return this != R6_BUCKET_WINS;
    }
}
