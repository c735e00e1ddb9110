// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.EncodedEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/// What callers wait for: whether the very entry that they composed came to be stored. Kept by number *and* bytes,
/// because a number may come to hold somebody else's entry.
final class Fates {
    /// Fates that are decided are remembered for callers who ask late; more than these have asked by then.
    private static final int REMEMBERED = 256;

    record Fate(long checksum, CompletableFuture<Void> stored, CompletableFuture<Void> applied) {
        static Fate of(EncodedEntry entry) {
            return new Fate(entry.checksum(), new CompletableFuture<>(), new CompletableFuture<>());
        }

        /// For a caller who asks after it was stored.
        static Fate inForce() {
            return new Fate(0, CompletableFuture.completedFuture(null), CompletableFuture.completedFuture(null));
        }

        /// For a caller who asks after it was lost.
        static Fate ofLost(RuntimeException why) {
            return new Fate(0, CompletableFuture.failedFuture(why), CompletableFuture.failedFuture(why));
        }

        void fail(RuntimeException why) {
            stored.completeExceptionally(why);
            applied.completeExceptionally(why);
        }
    }

    private final ConcurrentMap<String, NavigableMap<Integer, Fate>> byCluster = new ConcurrentHashMap<>();

    void await(String clusterId, int number, Fate fate) {
        NavigableMap<Integer, Fate> fates = fates(clusterId);
        Fate former;
        synchronized (fates) {
            former = fates.put(number, fate);
            while (fates.size() > REMEMBERED
                    && fates.firstEntry().getValue().stored.isDone()) {
                fates.pollFirstEntry();
            }
        }
        if (former != null && former.checksum != fate.checksum) {
            former.fail(new MetalogConflictException(clusterId, number));
        }
    }

    Optional<Fate> of(String clusterId, int number) {
        NavigableMap<Integer, Fate> fates = fates(clusterId);
        synchronized (fates) {
            return Optional.ofNullable(fates.get(number));
        }
    }

    /// The entry is in the bucket.
    void stored(String clusterId, EncodedEntry entry, CompletableFuture<Void> applied) {
        of(clusterId, entry.number()).ifPresent(fate -> {
            if (fate.checksum == entry.checksum()) {
                fate.stored.complete(null);
                applied.whenComplete((done, failure) -> fate.applied.complete(null));
            } else {
                fate.fail(new MetalogConflictException(clusterId, entry.number()));
            }
        });
    }

    boolean hasUndecided(String clusterId) {
        return !undecidedUpTo(clusterId, Integer.MAX_VALUE).isEmpty();
    }

    List<Integer> undecidedUpTo(String clusterId, int number) {
        NavigableMap<Integer, Fate> fates = fates(clusterId);
        synchronized (fates) {
            return fates.headMap(number, true).entrySet().stream()
                    .filter(fate -> !fate.getValue().stored.isDone())
                    .map(Map.Entry::getKey)
                    .toList();
        }
    }

    /// Nothing from this number on that is still undecided happened.
    void conflict(String clusterId, int from) {
        NavigableMap<Integer, Fate> fates = fates(clusterId);
        List<Integer> lost = new ArrayList<>();
        synchronized (fates) {
            fates.tailMap(from, true).forEach((number, fate) -> {
                if (!fate.stored.isDone()) {
                    lost.add(number);
                }
            });
        }
        for (int number : lost) {
            of(clusterId, number).ifPresent(fate -> fate.fail(new MetalogConflictException(clusterId, number)));
        }
    }

    private NavigableMap<Integer, Fate> fates(String clusterId) {
        return byCluster.computeIfAbsent(clusterId, c -> new TreeMap<>());
    }
}
