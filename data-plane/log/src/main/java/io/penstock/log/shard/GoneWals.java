// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.shard;

import io.penstock.log.LogRules;
import io.penstock.log.LogRules.Rule;
import io.penstock.log.LogRuntime;
import io.penstock.log.ShardOpening.Closing;
import io.penstock.log.format.ShardManifest;
import io.penstock.log.format.ShardManifest.Tail;
import io.penstock.log.manifest.ManifestWriter;
import io.penstock.log.manifest.Manifests;
import io.penstock.log.wal.Floors;
import io.penstock.log.wal.PatientStore;
import io.penstock.log.wal.SharedFooters;
import io.penstock.log.wal.SlotFooter;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import io.penstock.objectstore.layout.ShardId;
import io.penstock.objectstore.layout.WalSlot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Collects the WALs of incarnations that are gone (R5), as any heir may: once every shard that wrote to a
/// generation covers it, the floor rises to its end, and a grace later its data slots go. Seals stay.
///
/// Which shards wrote is read from the footers between floor and end. So that not every heir reads them, the
/// one that leads the lowest shard of the last slot begins; the others look later, and only who looks for
/// the third time acts in its place. The tail stays in the manifest of a shard until the slots are gone, so
/// that a later leader goes on where one stopped. When everything is collected no request is made any more.
/// On the actor.
final class GoneWals {
    private static final Logger log = LoggerFactory.getLogger(GoneWals.class);

    private static final int LISTED_AT_ONCE = 1000;

    /// Who should have begun has been away for so many looks: any other heir begins.
    private static final int LOOKS_FOR_OTHERS = 3;

    private final PatientStore store;
    private final LogKeys keys;
    private final LogRuntime runtime;
    private final Executor actor;
    private final LogRules rules;
    private final Floors floors;
    private final Manifests manifests;
    private final SharedFooters slots;
    private final Deletions deletions;
    private final Shards shards;
    private final Duration grace;
    private final Duration patience;
    private final Map<Generation, Work> works = new LinkedHashMap<>();

    private record Generation(Incarnation incarnation, int number) {
        @Override
        public String toString() {
            return incarnation + "/" + number;
        }
    }

    /// What is known of a generation that is being collected.
    private static final class Work {
        final Generation wal;
        int looks;
        boolean ours = true;
        long end;
        /// Slots from here to `end` were found to hold data, of these shards, each with its last slot.
        long writersFrom = -1;

        final Map<ShardId, Long> writers = new TreeMap<>();

        Work(Generation wal) {
            this.wal = wal;
        }
    }

    GoneWals(
            PatientStore store,
            LogKeys keys,
            LogRuntime runtime,
            Executor actor,
            LogRules rules,
            Floors floors,
            Manifests manifests,
            SharedFooters slots,
            Deletions deletions,
            Shards shards,
            Duration grace,
            Duration patience) {
        this.store = store;
        this.keys = keys;
        this.runtime = runtime;
        this.actor = actor;
        this.rules = rules;
        this.floors = floors;
        this.manifests = manifests;
        this.slots = slots;
        this.deletions = deletions;
        this.shards = shards;
        this.grace = grace;
        this.patience = patience;
    }

    /// Looks for tails of others that our manifests cover. To be called whenever there may be new ones.
    void look() {
        for (ShardLog tenure : shards.open()) {
            for (Tail tail : coveredTails(tenure)) {
                Generation wal = new Generation(tail.incarnation(), tail.generation());
                if (!works.containsKey(wal)) {
                    works.put(wal, new Work(wal));
                    later(wal, mayBeAlive(tenure, tail.incarnation()) ? grace : patience, () -> begin(wal));
                }
            }
        }
    }

    private static boolean mayBeAlive(ShardLog tenure, Incarnation incarnation) {
        return tenure.opening().predecessors().stream()
                .anyMatch(predecessor ->
                        predecessor.incarnation().equals(incarnation) && predecessor.closing() == Closing.ALIVE);
    }

    private List<Tail> coveredTails(ShardLog tenure) {
        ManifestWriter manifest = tenure.manifest();
        return manifest == null
                ? List.of()
                : manifest.current().tails().stream()
                        .filter(tail -> tail.end().isPresent()
                                && !tail.unread()
                                && !tail.incarnation().equals(shards.incarnation()))
                        .toList();
    }

    private void later(Generation wal, Duration delay, Supplier<CompletableFuture<Void>> step) {
        runtime.schedule(delay, actor, () -> {
            if (!shards.isOver()) {
                step.get().whenComplete((_, failure) -> {
                    if (failure != null) {
                        log.error("wal not collected: wal={}", wal, failure);
                        works.remove(wal);
                    }
                });
            }
        });
    }

    /// Where the generation ends for those of our shards that cover it; -1 if none does (any more).
    private long end(Generation wal) {
        long end = -1;
        for (ShardLog tenure : shards.open()) {
            for (Tail tail : coveredTails(tenure)) {
                if (tail.incarnation().equals(wal.incarnation) && tail.generation() == wal.number) {
                    end = Math.max(end, tail.end().orElse(-1));
                }
            }
        }
        return end;
    }

    private CompletableFuture<Void> begin(Generation wal) {
        Work work = works.get(wal);
        if (work == null) {
            return done();
        }
        long end = end(wal);
        if (end < 0) {
            works.remove(wal);
            return done();
        }
        if (end != work.end) {
            work.end = end;
            work.writersFrom = -1;
            work.writers.clear();
        }
        work.looks++;
        return end == 0
                ? forget(work, 0)
                : floors.read(wal.incarnation, wal.number).thenCompose(floor -> {
                    if (floor >= work.end) {
                        return raised(work);
                    }
                    return work.writersFrom < 0 ? whoseTurn(work, floor) : raise(work);
                });
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }

    /// Looks again, ever more rarely: some shard does not cover the generation yet, or it is another's turn.
    private CompletableFuture<Void> again(Work work) {
        Duration delay = patience.multipliedBy(1L << Math.min(work.looks, 6));
        later(
                work.wal,
                delay.compareTo(grace) > 0 && grace.compareTo(patience) > 0 ? grace : delay,
                () -> begin(work.wal));
        return done();
    }

    private WalSlot slot(Work work, long number) {
        return new WalSlot(work.wal.incarnation, work.wal.number, number);
    }

    private CompletableFuture<Void> whoseTurn(Work work, long floor) {
        return slots.footer(slot(work, work.end - 1)).thenCompose(last -> {
            if (!(last instanceof SlotFooter.Rows rows)) {
                return again(work); // collected meanwhile, by whoever raised the floor
            }
            Map<ShardId, Long> writers = new TreeMap<>();
            note(rows, writers);
            work.ours =
                    writers.keySet().stream().findFirst().filter(shards::leads).isPresent();
            return work.ours || work.looks >= LOOKS_FOR_OTHERS ? readWriters(work, floor) : again(work);
        });
    }

    private CompletableFuture<Void> readWriters(Work work, long floor) {
        return slots.footers(work.wal.incarnation, work.wal.number, floor, work.end)
                .thenCompose(footers -> {
                    Map<ShardId, Long> writers = new TreeMap<>();
                    for (SlotFooter footer : footers) {
                        if (!(footer instanceof SlotFooter.Rows rows)) {
                            // Collected meanwhile, or damage, which is not ours to judge: nobody needs this slot of us.
                            log.debug("wal not collected yet: wal={} found={}", work.wal, footer);
                            return again(work);
                        }
                        note(rows, writers);
                    }
                    work.ours = true;
                    work.writersFrom = floor;
                    work.writers.putAll(writers);
                    return raise(work);
                });
    }

    /// Slots come in their order, so the last one noted is the highest.
    private static void note(SlotFooter.Rows rows, Map<ShardId, Long> writers) {
        rows.batches().forEach(row -> writers.put(row.shard(), rows.slot().slot()));
        rows.control().forEach(entry -> writers.put(entry.shard(), rows.slot().slot()));
    }

    private CompletableFuture<Void> raise(Work work) {
        CompletableFuture<Boolean> covered = CompletableFuture.completedFuture(true);
        for (Map.Entry<ShardId, Long> writer : work.writers.entrySet()) {
            Optional<ShardManifest> ours = shards.manifestOf(writer.getKey());
            if (ours.isEmpty() && !rules.holds(Rule.R5_ALL_WRITERS)) {
                continue;
            }
            covered = covered.thenCompose(sofar -> !sofar
                    ? CompletableFuture.completedFuture(false)
                    : ours.isPresent()
                            ? CompletableFuture.completedFuture(covers(ours.get(), work, writer.getValue()))
                            : manifests
                                    .read(writer.getKey())
                                    .thenApply(stored -> stored.isPresent()
                                            && covers(stored.get().manifest(), work, writer.getValue())));
        }
        return covered.thenCompose(all -> {
            if (!all) {
                return again(work);
            }
            return floors.raise(work.wal.incarnation, work.wal.number, work.end).thenCompose(_ -> {
                log.info("wal covered by all shards: wal={} floor={}", work.wal, work.end);
                return raised(work);
            });
        });
    }

    private static boolean covers(ShardManifest manifest, Work work, long lastSlot) {
        return manifest.position(work.wal.incarnation, work.wal.number) > lastSlot;
    }

    /// The floor is where the generation ends: readers begin there. Whoever is to delete does so after the
    /// grace.
    private CompletableFuture<Void> raised(Work work) {
        later(work.wal, grace, () -> work.ours ? delete(work, Optional.empty()) : forget(work, work.end));
        return done();
    }

    /// Deletes what is still there below the end and was read as data: nothing that a seal stands in.
    private CompletableFuture<Void> delete(Work work, Optional<ObjectKey> after) {
        String prefix = keys.slots(work.wal.incarnation, work.wal.number);
        return store.list(prefix, after, LISTED_AT_ONCE).thenCompose(listed -> {
            List<Long> there = new ArrayList<>();
            boolean beyond = false;
            for (ListOutcome.Entry entry : listed.objects()) {
                String key = entry.key().value();
                long number = Long.parseLong(key.substring(key.lastIndexOf('/') + 1));
                beyond |= number >= work.end;
                if (number < work.end || !rules.holds(Rule.R5_SEALS_STAY)) {
                    there.add(number);
                }
            }
            boolean more = listed.more() && !beyond && !listed.objects().isEmpty();
            return deleteEach(work, there)
                    .thenCompose(_ -> more
                            ? delete(
                                    work, Optional.of(listed.objects().getLast().key()))
                            : forget(work, work.end));
        });
    }

    private CompletableFuture<Void> deleteEach(Work work, List<Long> there) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (long number : there) {
            WalSlot slot = slot(work, number);
            CompletableFuture<Boolean> isData = number >= work.writersFrom && work.writersFrom >= 0 && number < work.end
                    ? CompletableFuture.completedFuture(true)
                    : slots.footer(slot)
                            .thenApply(footer -> footer instanceof SlotFooter.Rows || !rules.holds(Rule.R5_SEALS_STAY));
            all.add(isData.thenCompose(data -> data ? deletions.delete(keys.slot(slot)) : done()));
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }

    /// Takes the tails below the floor out of our manifests: nobody has to read or to cover them any more.
    private CompletableFuture<Void> forget(Work work, long floor) {
        works.remove(work.wal);
        List<CompletableFuture<?>> all = new ArrayList<>();
        for (ShardLog tenure : shards.open()) {
            ManifestWriter manifest = tenure.manifest();
            if (manifest != null
                    && manifest.current().tails().stream().anyMatch(tail -> isCollected(tail, work.wal, floor))) {
                all.add(manifest.change(old -> old.withTails(old.tails().stream()
                        .filter(tail -> !isCollected(tail, work.wal, floor))
                        .toList())));
            }
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
                .thenRun(() -> log.info("wal collected: wal={} slots={}", work.wal, floor));
    }

    private static boolean isCollected(Tail tail, Generation wal, long floor) {
        return tail.incarnation().equals(wal.incarnation)
                && tail.generation() == wal.number
                && !tail.unread()
                && tail.end().isPresent()
                && tail.end().getAsLong() <= floor;
    }
}
