// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Seal;
import io.penstock.log.wal.SealOutcome.Damaged;
import io.penstock.log.wal.SealOutcome.GenerationEnd;
import io.penstock.log.wal.SealOutcome.SealedEnd;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.WalSlot;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Ends a WAL, or finds where it ended (R4). Anyone may seal, any number at once, and resume anyone's seal.
///
/// Keeps nothing between calls; waits for a store in trouble as long as it takes. Futures complete on the actor, never
/// exceptionally.
public final class WalSealer {
    private static final Logger log = LoggerFactory.getLogger(WalSealer.class);

    private static final int FIRST_LOOK = 32;
    private static final int WIDEST_LOOK = 256;
    private static final int WIDEST_WINDOW = 1024;

    private final PatientStore store;
    private final LogKeys keys;
    private final Floors floors;
    private final SlotProbe probe;
    private final SharedFooters footers;
    private final String sealer;
    private final int pipelineDepth;
    private final LogRules rules;

    /// @param footers where what is read of slots may be of use to those who need the tail next
    /// @param sealer who we are, for people
    /// @param pipelineDepth of the writers: how many slots one of them may fill while we look
    public WalSealer(
            PatientStore store,
            LogKeys keys,
            Floors floors,
            SharedFooters footers,
            String sealer,
            int pipelineDepth,
            LogRules rules) {
        this.store = store;
        this.keys = keys;
        this.floors = floors;
        this.footers = footers;
        this.probe = new SlotProbe(store, keys);
        this.sealer = sealer;
        this.pipelineDepth = pipelineDepth;
        this.rules = rules;
    }

    /// Walks through the generations of an incarnation, ending each that has not ended, until seals meet the demand.
    ///
    /// @param fromGeneration where to begin: every earlier one must be known to have ended
    public CompletableFuture<SealOutcome> seal(Incarnation incarnation, int fromGeneration, SealDemand demand) {
        CompletableFuture<SealOutcome> done = new CompletableFuture<>();
        Walk walk = new Walk(incarnation, done, fromGeneration, demand);
        fromFloor(walk);
        return done;
    }

    /// Where one call stands.
    private static final class Walk {
        final Incarnation incarnation;
        final CompletableFuture<SealOutcome> done;
        final List<GenerationEnd> ends = new ArrayList<>();
        int generation;
        SealDemand demand;
        int window = 1;
        int failures;

        Walk(Incarnation incarnation, CompletableFuture<SealOutcome> done, int generation, SealDemand demand) {
            this.incarnation = incarnation;
            this.done = done;
            this.generation = generation;
            this.demand = demand;
        }

        WalSlot slot(long slot) {
            return new WalSlot(incarnation, generation, slot);
        }
    }

    private void fromFloor(Walk walk) {
        floor(walk, floor -> {
            if (rules.holds(Rule.R4_FIRST_MISSING)) {
                look(walk, floor, FIRST_LOOK);
            } else {
                sealBehindListing(walk, floor);
            }
        });
    }

    private void floor(Walk walk, LongConsumer then) {
        floors.read(walk.incarnation, walk.generation).whenComplete((floor, damage) -> {
            if (damage == null) {
                then.accept(floor);
            } else {
                walk.done.complete(new Damaged(walk.slot(0), damageOf(damage)));
            }
        });
    }

    private static String damageOf(Throwable failure) {
        Throwable cause = failure.getCause() instanceof CorruptObject damage ? damage : failure;
        return String.valueOf(cause.getMessage());
    }

    /// Looks for the first slot without data, many slots at once.
    private void look(Walk walk, long from, int width) {
        step(walk, Parallel.each(from, from + width, width, slot -> occupant(walk.slot(slot))), occupants -> {
            for (int i = 0; i < occupants.size(); i++) {
                long slot = from + i;
                switch (occupants.get(i)) {
                    case Occupant.Data _ -> {
                        continue;
                    }
                    case Occupant.Nothing() -> putSeals(walk, slot);
                    case Occupant.SealThere(Seal seal) -> validate(walk, seal);
                    case Occupant.Damage(String detail) -> walk.done.complete(new Damaged(walk.slot(slot), detail));
                }
                return;
            }
            look(walk, from + width, Math.min(WIDEST_LOOK, 2 * width));
        });
    }

    /// A footer that cannot be read matters to the shards that have something in the slot, not to its being written.
    private CompletableFuture<Occupant> occupant(WalSlot slot) {
        return footers.footer(slot).thenCompose(footer -> switch (footer) {
            case SlotFooter.Rows rows -> CompletableFuture.completedFuture(new Occupant.Data(rows.header()));
            case SlotFooter.SealThere(Seal seal) -> CompletableFuture.completedFuture(new Occupant.SealThere(seal));
            case SlotFooter.MissingSlot _ -> CompletableFuture.completedFuture(new Occupant.Nothing());
            case SlotFooter.DamagedSlot _ -> probe.look(slot);
        });
    }

    /// A mistake in here must be seen, not vanish in a future.
    private static <T> void step(Walk walk, CompletableFuture<T> answer, Consumer<T> next) {
        answer.thenAccept(next).exceptionally(failure -> {
            log.error("sealing stopped by an internal error: incarnation={}", walk.incarnation, failure);
            walk.done.complete(new Damaged(walk.slot(0), "internal error: " + failure));
            return null;
        });
    }

    /// Puts the seal at the first slot without data; against a living writer, who was faster there before, also at a
    /// window of slots ahead of it.
    private void putSeals(Walk walk, long first) {
        step(walk, Parallel.each(first, first + walk.window, walk.window, slot -> putSeal(walk, slot)), outcomes -> {
            switch (outcomes.getFirst()) {
                case PutOutcome.Stored _ -> validate(walk, sealAt(walk, first));
                case PutOutcome.Refused _ -> {
                    // A writer or another sealer was faster. What stands in the slot is the truth.
                    walk.window = walk.window == 1 ? 2 * pipelineDepth : Math.min(WIDEST_WINDOW, 2 * walk.window);
                    look(walk, first, FIRST_LOOK);
                }
                case PutOutcome.Unknown(Throwable cause) -> {
                    log.debug(
                            "seal put without a certain answer: slot={} cause={}", walk.slot(first), cause.toString());
                    walk.failures++;
                    store.pause(walk.failures).thenRun(() -> look(walk, first, FIRST_LOOK));
                }
            }
        });
    }

    private CompletableFuture<PutOutcome> putSeal(Walk walk, long slot) {
        Seal seal = sealAt(walk, slot);
        return store.put(keys.slot(seal.slot()), seal.encode(), PutCondition.ifAbsent());
    }

    private Seal sealAt(Walk walk, long slot) {
        return new Seal(walk.slot(slot), sealer, walk.demand.reason(), walk.demand.fence());
    }

    /// A seal that stands counts only if the floor, read after it, is not above it: else it fell on a collected slot.
    private void validate(Walk walk, Seal seal) {
        if (!rules.holds(Rule.R4_FLOOR_CHECK)) {
            ended(walk, seal, 0);
            return;
        }
        floor(walk, floor -> {
            if (floor > seal.slot().slot()) {
                look(walk, floor, FIRST_LOOK);
            } else {
                ended(walk, seal, floor);
            }
        });
    }

    private void ended(Walk walk, Seal seal, long floor) {
        walk.ends.add(new GenerationEnd(walk.generation, floor, seal));
        if (walk.demand.satisfiedBy(seal)) {
            log.info(
                    "wal sealed: slot={} fence={} sealer={} reason={}",
                    seal.slot(),
                    seal.fence(),
                    seal.sealer(),
                    seal.reason());
            walk.done.complete(new SealedEnd(walk.ends));
            return;
        }
        walk.demand = walk.demand.after(seal);
        walk.generation++;
        fromFloor(walk);
    }

    /// The mistake R4 forbids, for the tests that must notice it: a listing is believed, and the seal goes behind the
    /// last slot it shows.
    private void sealBehindListing(Walk walk, long floor) {
        String prefix = keys.slots(walk.incarnation, walk.generation);
        listAll(prefix, Optional.empty(), new ArrayList<>()).thenAccept(slots -> {
            long last = slots.isEmpty() ? floor - 1 : slots.getLast();
            probe.look(walk.slot(Math.max(last, 0))).thenAccept(occupant -> {
                if (occupant instanceof Occupant.SealThere(Seal seal)) {
                    endWithoutGap(walk, seal, floor);
                } else {
                    putSeal(walk, last + 1).thenAccept(_ -> sealBehindListing(walk, floor));
                }
            });
        });
    }

    private CompletableFuture<List<Long>> listAll(String prefix, Optional<ObjectKey> after, List<Long> found) {
        return store.list(prefix, after, 1000).thenCompose(listed -> {
            for (ListOutcome.Entry entry : listed.objects()) {
                found.add(Long.parseLong(entry.key().value().substring(prefix.length())));
            }
            return listed.more() && !listed.objects().isEmpty()
                    ? listAll(prefix, Optional.of(listed.objects().getLast().key()), found)
                    : CompletableFuture.completedFuture(found);
        });
    }

    private void endWithoutGap(Walk walk, Seal seal, long from) {
        probe.look(walk.slot(from)).thenAccept(occupant -> {
            if (occupant instanceof Occupant.Data) {
                endWithoutGap(walk, seal, from + 1);
            } else {
                ended(walk, new Seal(walk.slot(from), seal.sealer(), seal.reason(), seal.fence()), from);
            }
        });
    }
}
