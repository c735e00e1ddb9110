// SPDX-License-Identifier: Apache-2.0
package io.penstock.simulation.world;

import io.penstock.kafka.cleaning.TopicPolicy;
import io.penstock.log.LatencyProfile;
import io.penstock.log.LogRules;
import io.penstock.log.LogSettings;
import io.penstock.simulation.scheduler.VirtualProcess;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/// How big a world is, what it has to bear, and which rules its production code obeys.
///
/// @param tailCacheBytes small in some worlds, so that readers have to ask the store
/// @param collectionGrace shorter than anybody would set it, so that what was consolidated is gone when a
/// zombie wakes
/// @param undoWindow the same for the records of deleted topics
/// @param foldsAtOnce shards folded at the same time
/// @param retentionBytes what topics keep of a partition, −1 for everything
/// @param calamities how many times chaos strikes before it rests
/// @param troubled how long clients work among faults
/// @param ambush what chaos lies in wait for, if it does
/// @param hunted whether it does so more than now and then
/// @param rules all of them, except in a mutant
/// @param bucketWins R6: whether the control plane believes the bucket where its database says otherwise
/// @param claimsHonoured whether a control plane and its brokers let go of a cluster that another one has
///     claimed
/// @param compacted whether topics are cleaned by key
/// @param tombstonesKept how long, if they are, by brokers' clocks
/// @param adopted whether another control plane with a fleet of its own takes the cluster over
record Scenario(
        int brokers,
        int shards,
        int partitions,
        int producers,
        int consumers,
        LatencyProfile profile,
        int consolidateAfterSlots,
        Duration consolidateAfter,
        long tailCacheBytes,
        Duration collectionGrace,
        Duration undoWindow,
        int foldsAtOnce,
        int retentionBytes,
        int calamities,
        Duration troubled,
        Ambush.Plan ambush,
        boolean hunted,
        LogRules rules,
        boolean bucketWins,
        boolean claimsHonoured,
        boolean adopted,
        boolean compacted,
        Duration tombstonesKept) {

    static Scenario drawnFrom(SplittableRandom chance, @Nullable Mutant mutant) {
        Ambush.Plan[] plans = Ambush.Plan.values();
        Ambush.Plan drawn = plans[chance.nextInt(plans.length)];
        Optional<Ambush.Plan> wanted = mutant == null ? Optional.empty() : mutant.shownBy();
        return new Scenario(
                2 + chance.nextInt(3),
                1 + chance.nextInt(5),
                1 + chance.nextInt(6),
                2 + chance.nextInt(3),
                1 + chance.nextInt(2),
                chance.nextInt(3) == 0 ? LatencyProfile.BALANCED : LatencyProfile.FAST,
                4 + chance.nextInt(40),
                Duration.ofMillis(1_000 + chance.nextInt(4_000)),
                chance.nextInt(3) == 0 ? 4 << 10 : 1 << 20,
                Duration.ofMillis(200 + chance.nextInt(chance.nextInt(3) == 0 ? 20_000 : 2_000)),
                Duration.ofMillis(500 + chance.nextInt(mutant == Mutant.FORGET_COVERED ? 1 : 10_000)),
                1 + chance.nextInt(3),
                chance.nextInt(3) == 0 ? 1_000 + chance.nextInt(20_000) : -1,
                4 + chance.nextInt(6),
                Duration.ofSeconds(12 + chance.nextInt(16)),
                wanted.orElse(drawn),
                wanted.isPresent(),
                mutant == null ? LogRules.strict() : mutant.rules(),
                mutant == null || mutant.bucketWins(),
                mutant == null || mutant.claimsHonoured(),
                mutant == null ? chance.nextInt(4) == 0 : !mutant.claimsHonoured(),
                chance.nextInt(4) == 0 || (mutant != null && mutant.shownByCleaning()),
                VirtualProcess.CLOCKS_APART.plusMillis(500 + chance.nextInt(8_000)));
    }

    /// How long a tombstone stays in any case, by a clock of one's own, in milliseconds; -1 if nothing is compacted.
    long tombstonesStay() {
        return compacted ? tombstonesKept.minus(VirtualProcess.CLOCKS_APART).toMillis() : -1;
    }

    /// What all topics want kept.
    Optional<TopicPolicy> policy() {
        return Optional.of(TopicPolicy.of(
                compacted
                        ? Map.of(
                                "cleanup.policy",
                                retentionBytes < 0 ? "compact" : "compact,delete",
                                "retention.bytes",
                                Integer.toString(retentionBytes),
                                "retention.ms",
                                "-1",
                                "min.cleanable.dirty.ratio",
                                "0.1",
                                "delete.retention.ms",
                                Long.toString(tombstonesKept.toMillis()))
                        : Map.of("retention.bytes", Integer.toString(retentionBytes))));
    }

    /// Production's settings, with everything that takes long shortened, so that it happens within a short
    /// world.
    LogSettings logSettings() {
        LogSettings defaults = LogSettings.defaults(profile);
        return new LogSettings(
                profile,
                64 << 10,
                4,
                defaults.maxPendingBytes(),
                Duration.ofSeconds(4),
                Duration.ofSeconds(1),
                defaults.barrierInterval(),
                consolidateAfterSlots,
                consolidateAfter,
                defaults.consolidateAfterBytes(),
                tailCacheBytes,
                collectionGrace,
                new LogSettings.Housekeeping(8, foldsAtOnce, 2, 100, undoWindow, 2));
    }
}
