// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.ControlEntry.ClosedPredecessor;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.wal.SealDemand;
import io.penstock.log.wal.SealOutcome;
import io.penstock.log.wal.SlotFooter;
import io.penstock.log.wal.WalReader;
import io.penstock.log.wal.WalSealer;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Closes earlier epochs of a shard, each in the WAL of its own incarnation (R7).
///
/// A retired incarnation is sealed for everybody. A living one has some time to hand the shard off; then it is
/// sealed by
/// name, and goes on without the shard. Who relies on a hand-off also finds the seals of the generations before it
/// (R9).
/// Futures complete on the actor; exceptionally only with [io.penstock.log.format.CorruptObject].
final class PredecessorCloser {
    private static final Logger log = LoggerFactory.getLogger(PredecessorCloser.class);

    private final WalSealer sealer;
    private final WalReader reader;
    private final LogRuntime runtime;
    private final Executor actor;
    private final Duration patience;
    private final LogRules rules;

    /// Ends of retired incarnations: shards that fall to us together seal once. A valid seal stays true for ever.
    private final Map<Incarnation, CompletableFuture<SealOutcome>> retired = new HashMap<>();

    PredecessorCloser(
            WalSealer sealer, WalReader reader, LogRuntime runtime, Executor actor, Duration patience, LogRules rules) {
        this.sealer = sealer;
        this.reader = reader;
        this.runtime = runtime;
        this.actor = actor;
        this.patience = patience;
        this.rules = rules;
    }

    /// @param tails every generation that may hold something of the closed epochs
    /// @param evidence oldest first
    record Closed(List<ClosedTail> tails, List<ClosedPredecessor> evidence) {
        Closed {
            tails = List.copyOf(tails);
            evidence = List.copyOf(evidence);
        }
    }

    /// @param predecessors oldest first
    CompletableFuture<Closed> close(ShardId shard, List<Predecessor> predecessors, HandOffHints hints) {
        Map<Incarnation, List<Predecessor>> tenures = new LinkedHashMap<>();
        for (Predecessor predecessor : predecessors) {
            tenures.computeIfAbsent(predecessor.incarnation(), _ -> new ArrayList<>())
                    .add(predecessor);
        }
        List<CompletableFuture<Closed>> all = new ArrayList<>();
        tenures.forEach((incarnation, epochs) -> all.add(close(shard, incarnation, epochs, hints)));
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).thenApply(_ -> {
            List<ClosedTail> tails = new ArrayList<>();
            List<ClosedPredecessor> evidence = new ArrayList<>();
            for (CompletableFuture<Closed> one : all) {
                tails.addAll(one.join().tails());
                evidence.addAll(one.join().evidence());
            }
            evidence.sort(Comparator.comparing(ClosedPredecessor::epoch));
            return new Closed(tails, evidence);
        });
    }

    /// Closes all epochs that one incarnation had: what closes the highest closes those below it, because a broker
    /// gives a shard away only once and with all its epochs.
    private CompletableFuture<Closed> close(
            ShardId shard, Incarnation incarnation, List<Predecessor> epochs, HandOffHints hints) {
        LeaderEpoch highest = epochs.getLast().epoch();
        boolean isRetired = epochs.stream().anyMatch(one -> one.closing() == Closing.RETIRED);
        if (isRetired) {
            return retired.computeIfAbsent(incarnation, _ -> seal(incarnation, SealDemand.all("incarnation retired")))
                    .thenApply(outcome -> sealed(incarnation, epochs, outcome));
        }
        return handOff(shard, incarnation, highest, hints).thenCompose(where -> {
            if (where.isPresent()) {
                return before(where.get()).thenApply(tails -> handedOff(where.get(), epochs, tails));
            }
            log.warn(
                    "no hand-off in time, sealing by name: shard={} leaderEpoch={} incarnation={}",
                    shard,
                    highest,
                    incarnation);
            return seal(incarnation, SealDemand.shard(shard, highest, "shard moved without a hand-off"))
                    .thenApply(outcome -> sealed(incarnation, epochs, outcome));
        });
    }

    private CompletableFuture<SealOutcome> seal(Incarnation incarnation, SealDemand demand) {
        return sealer.seal(incarnation, 0, demand)
                .whenComplete((_, _) -> runtime.metrics().predecessorSealed());
    }

    private static Closed sealed(Incarnation incarnation, List<Predecessor> epochs, SealOutcome outcome) {
        return switch (outcome) {
            case SealOutcome.SealedEnd end -> {
                List<ClosedTail> tails = new ArrayList<>();
                for (SealOutcome.GenerationEnd generation : end.generations()) {
                    tails.add(tail(incarnation, generation));
                }
                yield new Closed(tails, evidence(epochs, end.last().slot()));
            }
            case SealOutcome.Damaged(WalSlot slot, String detail) -> throw new CorruptObject(slot.toString(), detail);
        };
    }

    private static ClosedTail tail(Incarnation incarnation, SealOutcome.GenerationEnd end) {
        return new ClosedTail(incarnation, end.generation(), end.seal().slot().slot());
    }

    private static List<ClosedPredecessor> evidence(List<Predecessor> epochs, WalSlot slot) {
        List<ClosedPredecessor> evidence = new ArrayList<>();
        for (Predecessor predecessor : epochs) {
            evidence.add(new ClosedPredecessor(predecessor.epoch(), predecessor.incarnation(), slot));
        }
        return evidence;
    }

    private static Closed handedOff(WalSlot where, List<Predecessor> epochs, List<ClosedTail> before) {
        List<ClosedTail> tails = new ArrayList<>(before);
        tails.add(new ClosedTail(where.incarnation(), where.generation(), where.slot() + 1));
        return new Closed(tails, evidence(epochs, where));
    }

    /// Waits for the hint, and reads what it points at.
    ///
    /// @return where the hand-off is; empty if none came in time, or it was not there
    private CompletableFuture<Optional<WalSlot>> handOff(
            ShardId shard, Incarnation incarnation, LeaderEpoch epoch, HandOffHints hints) {
        CompletableFuture<Optional<WalSlot>> hint = new CompletableFuture<>();
        LogRuntime.Timer timer = runtime.schedule(patience, actor, () -> hint.complete(Optional.empty()));
        hints.of(epoch).thenAccept(where -> {
            timer.cancel();
            hint.complete(Optional.of(where));
        });
        return hint.thenCompose(where -> {
            if (where.isEmpty() || !where.get().incarnation().equals(incarnation)) {
                return CompletableFuture.completedFuture(Optional.empty());
            }
            return reader.footer(where.get())
                    .thenApply(footer -> holdsHandOff(footer, shard, epoch) ? where : Optional.empty());
        });
    }

    private static boolean holdsHandOff(SlotFooter footer, ShardId shard, LeaderEpoch epoch) {
        return switch (footer) {
            case SlotFooter.Rows rows ->
                rows.control().stream()
                        .anyMatch(entry -> entry instanceof ControlEntry.HandOff handOff
                                && handOff.shard().equals(shard)
                                && handOff.epoch().compareTo(epoch) >= 0);
            case SlotFooter.SealThere _, SlotFooter.MissingSlot _, SlotFooter.DamagedSlot _ -> false;
        };
    }

    /// The generations before the one that a hand-off is in have ended, or it would not be there: finds their seals.
    private CompletableFuture<List<ClosedTail>> before(WalSlot handOff) {
        if (handOff.generation() == 0 || !rules.holds(Rule.R9_EARLIER_GENERATIONS)) {
            return CompletableFuture.completedFuture(List.of());
        }
        List<CompletableFuture<ClosedTail>> ends = new ArrayList<>();
        for (int generation = 0; generation < handOff.generation(); generation++) {
            Incarnation incarnation = handOff.incarnation();
            ends.add(sealer.seal(incarnation, generation, SealDemand.shards(Map.of(), "looking for its end"))
                    .thenApply(outcome -> switch (outcome) {
                        case SealOutcome.SealedEnd end ->
                            tail(incarnation, end.generations().getFirst());
                        case SealOutcome.Damaged(WalSlot slot, String detail) ->
                            throw new CorruptObject(slot.toString(), detail);
                    }));
        }
        return CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new))
                .thenApply(_ -> ends.stream().map(CompletableFuture::join).toList());
    }
}
