// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.OpenOutcome;
import io.penstock.log.ShardOpening;
import io.penstock.log.ShardOpening.Predecessor;
import io.penstock.log.format.ControlEntry;
import io.penstock.log.format.CorruptObject;
import io.penstock.log.format.Nonce;
import io.penstock.log.format.ProducerSnapshot;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Attempt;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.manifest.Manifests;
import io.penstock.log.wal.PatientStore;
import io.penstock.log.wal.SharedFooters;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens shards (R7): closes every predecessor in its own WAL, takes the manifest by compare-and-set, reads the
/// closed
/// tails, makes EPOCH_START durable. Only then the shard serves.
///
/// Whatever a store in trouble answers is repeated, for ever; only a later leader, a seal of our own WAL, or
/// damage end
/// an opening without success.
final class ShardOpener {
    private static final Logger log = LoggerFactory.getLogger(ShardOpener.class);

    private final LogKeys keys;
    private final LogRuntime runtime;
    private final LogRules rules;
    private final PatientStore store;
    private final Manifests manifests;
    private final PredecessorCloser closer;
    private final SharedFooters footers;
    private final TailReader tails;
    private final Shards shards;

    ShardOpener(
            PatientStore store,
            LogKeys keys,
            LogRuntime runtime,
            LogRules rules,
            Manifests manifests,
            PredecessorCloser closer,
            SharedFooters footers,
            TailReader tails,
            Shards shards) {
        this.store = store;
        this.keys = keys;
        this.runtime = runtime;
        this.rules = rules;
        this.manifests = manifests;
        this.closer = closer;
        this.footers = footers;
        this.tails = tails;
        this.shards = shards;
    }

    /// A later leader has the manifest, or the tenure ended meanwhile.
    private static final class Overtaken extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Overtaken(String why) {
            super(why, null, false, false);
        }
    }

    void open(ShardLog tenure, HandOffHints hints) {
        ShardOpening opening = tenure.opening();
        footers.acquire();
        manifests
                .read(opening.shard())
                .thenCompose(present -> {
                    requireBelow(opening.epoch(), present);
                    return closer.close(opening.shard(), toClose(opening, present), hints)
                            .thenCompose(closed -> rules.holds(Rule.R7_MANIFEST_BEFORE_TAILS)
                                    ? take(tenure, closed, present).thenCompose(taken -> recover(tenure, closed, taken))
                                    : recoverFirst(tenure, closed));
                })
                .whenComplete((_, failure) -> {
                    footers.release();
                    if (failure != null) {
                        ended(tenure, failure);
                    }
                });
    }

    /// Epochs below the manifest's checkpoint are closed already, as it says, and its tails tell where they ended.
    private List<Predecessor> toClose(ShardOpening opening, Optional<Manifests.Stored> present) {
        List<Predecessor> open = new ArrayList<>();
        for (Predecessor predecessor : opening.predecessors()) {
            if (present.isEmpty()
                    || predecessor.epoch().compareTo(present.get().manifest().checkpoint()) >= 0) {
                open.add(predecessor);
            }
        }
        return rules.holds(Rule.R7_CLOSE_ALL_PREDECESSORS) || open.isEmpty() ? open : List.of(open.getLast());
    }

    private void requireBelow(LeaderEpoch epoch, Optional<Manifests.Stored> present) {
        if (rules.holds(Rule.R6_EPOCH_CHECK)
                && present.isPresent()
                && present.get().manifest().epoch().compareTo(epoch) > 0) {
            throw new Overtaken("epoch " + present.get().manifest().epoch() + " has the manifest");
        }
    }

    private static void requireOpening(ShardLog tenure) {
        if (!tenure.isOpening()) {
            throw new Overtaken("the tenure has ended");
        }
    }

    /// From here on a stale leader's next write of the manifest fails. What we know comes from the version we wrote.
    private CompletableFuture<Manifests.Stored> take(
            ShardLog tenure, PredecessorCloser.Closed closed, Optional<Manifests.Stored> present) {
        requireOpening(tenure);
        requireBelow(tenure.epoch(), present);
        ShardManifest next = taken(tenure, closed, present.map(Manifests.Stored::manifest));
        Optional<ObjectVersion> expected = present.map(Manifests.Stored::version);
        return manifests.replace(expected, next).thenCompose(swap -> switch (swap) {
            case Manifests.Swap.Written(Manifests.Stored stored) -> CompletableFuture.completedFuture(stored);
            // The stale leader was quicker, or a later one: look again.
            case Manifests.Swap.Lost(Optional<Manifests.Stored> now) -> take(tenure, closed, now);
        });
    }

    private ShardManifest taken(ShardLog tenure, PredecessorCloser.Closed closed, Optional<ShardManifest> present) {
        Nonce nonce = Nonce.random(runtime.random());
        LeaderEpoch epoch = tenure.epoch();
        ShardManifest before = present.orElseGet(() -> ShardManifest.empty(tenure.shard(), epoch, nonce));
        List<Attempt> abandoned = new ArrayList<>(before.abandoned());
        if (present.isPresent()) {
            abandoned.add(before.attempt());
        }
        return before.takenAt(epoch, abandoned, merged(before.tails(), closed.tails()))
                .stamped(before.version() + 1, nonce);
    }

    /// What a manifest knows of tails, and what closing predecessors has found out.
    static List<Tail> merged(List<Tail> known, List<ClosedTail> closed) {
        Map<List<Object>, Tail> all = new LinkedHashMap<>();
        for (Tail tail : known) {
            all.put(List.of(tail.incarnation(), tail.generation()), tail);
        }
        for (ClosedTail tail : closed) {
            all.merge(
                    List.of(tail.incarnation(), tail.generation()),
                    new Tail(tail.incarnation(), tail.generation(), 0, OptionalLong.of(tail.end())),
                    (old, found) -> new Tail(
                            old.incarnation(),
                            old.generation(),
                            old.position(),
                            OptionalLong.of(
                                    Math.max(old.end().orElse(0), found.end().orElse(0)))));
        }
        List<Tail> result = new ArrayList<>(all.values());
        result.sort(Comparator.comparing(Tail::incarnation).thenComparingInt(Tail::generation));
        return result;
    }

    private CompletableFuture<Void> recover(ShardLog tenure, PredecessorCloser.Closed closed, Manifests.Stored taken) {
        return read(tenure, taken.manifest()).thenCompose(found -> start(tenure, closed, taken, found));
    }

    private record Found(ShardRecovery recovery, long slotsRead) {}

    private CompletableFuture<Found> read(ShardLog tenure, ShardManifest manifest) {
        CompletableFuture<Optional<ProducerSnapshot>> producers = producers(manifest);
        CompletableFuture<List<ReadSlot>> slots = tails.read(manifest.tails());
        return producers.thenCombine(slots, (snapshot, footers) -> {
            requireOpening(tenure);
            var recovery = new ShardRecovery(tenure.shard(), tenure.epoch(), runtime::wallMillis);
            recovery.rebuild(manifest, snapshot, footers);
            return new Found(recovery, footers.size());
        });
    }

    private CompletableFuture<Optional<ProducerSnapshot>> producers(ShardManifest manifest) {
        if (manifest.producerSnapshot().isEmpty()) {
            return CompletableFuture.completedFuture(Optional.empty());
        }
        ShardId shard = manifest.shard();
        String id = manifest.producerSnapshot().get();
        return store.get(keys.producerSnapshot(shard, id))
                .thenApply(answer -> Optional.of(ProducerSnapshot.decode(
                        shard,
                        id,
                        answer.orElseThrow(() -> new CorruptObject(
                                        "producer snapshot " + id, "is missing, and the manifest names it"))
                                .bytes())));
    }

    private CompletableFuture<Void> start(
            ShardLog tenure, PredecessorCloser.Closed closed, Manifests.Stored taken, Found found) {
        requireOpening(tenure);
        tenure.manifestTaken(new ManifestWriter(manifests, runtime, rules, taken));
        tenure.recovered(found.recovery().partitions(), found.recovery().dropped());
        tenure.epochStartAppended();
        return shards.append(
                        tenure,
                        new ControlEntry.EpochStart(
                                tenure.shard(), tenure.epoch(), tenure.endOffsets(), closed.evidence()))
                .durability()
                .thenAccept(durability -> {
                    switch (durability) {
                        case DURABLE -> {
                            if (tenure.isOpening()) {
                                shards.openedNow(tenure, tenure.partitions().size(), found.slotsRead());
                            }
                        }
                        case FENCED, UNDECIDED -> shards.openingEnded(tenure, new OpenOutcome.Superseded());
                    }
                });
    }

    /// The mistake R7 forbids, for the tests that must notice it.
    private CompletableFuture<Void> recoverFirst(ShardLog tenure, PredecessorCloser.Closed closed) {
        return manifests.read(tenure.shard()).thenCompose(present -> {
            requireBelow(tenure.epoch(), present);
            ShardManifest seen = taken(tenure, closed, present.map(Manifests.Stored::manifest));
            return read(tenure, seen)
                    .thenCompose(found ->
                            overwrite(tenure, seen, present).thenCompose(taken -> start(tenure, closed, taken, found)));
        });
    }

    private CompletableFuture<Manifests.Stored> overwrite(
            ShardLog tenure, ShardManifest seen, Optional<Manifests.Stored> present) {
        requireBelow(tenure.epoch(), present);
        return manifests.replace(present.map(Manifests.Stored::version), seen).thenCompose(swap -> switch (swap) {
            case Manifests.Swap.Written(Manifests.Stored stored) -> CompletableFuture.completedFuture(stored);
            case Manifests.Swap.Lost(Optional<Manifests.Stored> now) -> overwrite(tenure, seen, now);
        });
    }

    /// What a later leader has folded and collected looks like damage to who has slept: the manifest tells (R11).
    private void ended(ShardLog tenure, Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof Overtaken) {
            shards.openingEnded(tenure, new OpenOutcome.Superseded());
            return;
        }
        manifests.read(tenure.shard()).whenComplete((now, unreadable) -> {
            if (unreadable == null
                    && now.isPresent()
                    && now.get().manifest().epoch().compareTo(tenure.epoch()) > 0) {
                shards.openingEnded(tenure, new OpenOutcome.Superseded());
            } else {
                staysClosed(tenure, cause);
            }
        });
    }

    private void staysClosed(ShardLog tenure, Throwable cause) {
        if (cause instanceof CorruptObject) {
            log.error(
                    "shard stays closed: shard={} leaderEpoch={} detail={}",
                    tenure.shard(),
                    tenure.epoch(),
                    cause.getMessage());
        } else {
            log.error("shard stays closed: shard={} leaderEpoch={}", tenure.shard(), tenure.epoch(), cause);
        }
        shards.openingEnded(tenure, new OpenOutcome.Corrupt(String.valueOf(cause.getMessage())));
    }
}
