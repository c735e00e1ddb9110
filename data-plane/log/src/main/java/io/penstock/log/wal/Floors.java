// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.LogRuntime;
import io.penstock.log.format.Floor;
import io.penstock.log.format.Nonce;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ObjectVersion;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LogKeys;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The floors of generations: read, and raised by compare-and-set. A floor only grows.
///
/// That it never passes what manifests cover, nor the seal, is the caller's duty (R5). Futures complete on the actor;
/// exceptionally only with [CorruptObject].
public final class Floors {
    private static final Logger log = LoggerFactory.getLogger(Floors.class);

    private final PatientStore store;
    private final LogKeys keys;
    private final LogRuntime runtime;

    public Floors(PatientStore store, LogKeys keys, LogRuntime runtime) {
        this.store = store;
        this.keys = keys;
        this.runtime = runtime;
    }

    /// The lowest slot that may still exist. Asked of the store after the call.
    public CompletableFuture<Long> read(Incarnation incarnation, int generation) {
        return stored(incarnation, generation).thenApply(Stored::slot);
    }

    /// Raises the floor; a floor that is as high already stays.
    ///
    /// @return the floor that then holds
    public CompletableFuture<Long> raise(Incarnation incarnation, int generation, long to) {
        return raise(incarnation, generation, to, 1);
    }

    private CompletableFuture<Long> raise(Incarnation incarnation, int generation, long to, int attempt) {
        return stored(incarnation, generation).thenCompose(stored -> {
            if (stored.slot() >= to) {
                return CompletableFuture.completedFuture(stored.slot());
            }
            Floor floor = new Floor(incarnation, generation, to, Nonce.random(runtime.random()));
            PutCondition condition =
                    stored.version().map(PutCondition::ifVersion).orElse(PutCondition.ifAbsent());
            return store.put(keys.floor(incarnation, generation), floor.encode(), condition)
                    .thenCompose(outcome -> switch (outcome) {
                        case PutOutcome.Stored _ -> {
                            log.debug(
                                    "floor raised: incarnation={} generation={} slot={}", incarnation, generation, to);
                            yield CompletableFuture.completedFuture(to);
                        }
                        // Somebody else raised it, or nobody knows: what is there now tells.
                        case PutOutcome.Refused _, PutOutcome.Unknown _ ->
                            store.pause(attempt).thenCompose(_ -> raise(incarnation, generation, to, attempt + 1));
                    });
        });
    }

    private record Stored(long slot, Optional<ObjectVersion> version) {}

    private CompletableFuture<Stored> stored(Incarnation incarnation, int generation) {
        return store.get(keys.floor(incarnation, generation)).thenApply(answer -> {
            if (answer.isEmpty()) {
                return new Stored(0, Optional.empty());
            }
            GetOutcome.Found found = answer.get();
            Floor floor = Floor.decode(incarnation, generation, found.bytes());
            return new Stored(floor.slot(), Optional.of(found.version()));
        });
    }
}
