// SPDX-License-Identifier: Apache-2.0
package io.penstock.objectstore.certification;

import io.micrometer.core.instrument.Clock;
import io.penstock.objectstore.ByteRange;
import io.penstock.objectstore.DeleteOutcome;
import io.penstock.objectstore.GetOutcome;
import io.penstock.objectstore.ListOutcome;
import io.penstock.objectstore.ObjectKey;
import io.penstock.objectstore.ObjectStore;
import io.penstock.objectstore.PutCondition;
import io.penstock.objectstore.PutOutcome;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListSet;

/// The connections a certification uses in turn; remembers every key that was written and how long requests took.
final class Connections {
    private static final int PAGE = 1000;

    private final List<ObjectStore> stores;
    private final Clock clock;
    private final ConcurrentSkipListSet<ObjectKey> written = new ConcurrentSkipListSet<>();
    private final ConcurrentLinkedQueue<Long> putNanos = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> getNanos = new ConcurrentLinkedQueue<>();

    Connections(List<ObjectStore> stores, Clock clock) {
        this.stores = stores;
        this.clock = clock;
    }

    ObjectStore connection(int number) {
        return stores.get(Math.floorMod(number, stores.size()));
    }

    CompletableFuture<PutOutcome> put(int connection, ObjectKey key, ByteBuffer bytes, PutCondition condition) {
        written.add(key);
        long begun = clock.monotonicTime();
        return connection(connection)
                .put(key, bytes, condition)
                .whenComplete((_, _) -> putNanos.add(clock.monotonicTime() - begun));
    }

    /// Empty if the object is absent.
    Optional<GetOutcome.Found> get(int connection, ObjectKey key) throws Trial.UndecidedException {
        long begun = clock.monotonicTime();
        GetOutcome outcome = connection(connection).get(key).join();
        getNanos.add(clock.monotonicTime() - begun);
        return found(key, outcome);
    }

    Optional<GetOutcome.Found> get(int connection, ObjectKey key, ByteRange range) throws Trial.UndecidedException {
        return found(key, connection(connection).get(key, range).join());
    }

    private static Optional<GetOutcome.Found> found(ObjectKey key, GetOutcome outcome) throws Trial.UndecidedException {
        return switch (outcome) {
            case GetOutcome.Found found -> Optional.of(found);
            case GetOutcome.Absent() -> Optional.empty();
            case GetOutcome.Failed(Throwable cause) ->
                throw new Trial.UndecidedException("a get of '" + key + "' failed", cause);
        };
    }

    List<ObjectKey> list(int connection, String prefix) throws Trial.UndecidedException {
        List<ObjectKey> keys = new ArrayList<>();
        Optional<ObjectKey> after = Optional.empty();
        while (true) {
            ListOutcome outcome =
                    connection(connection).list(prefix, after, PAGE).join();
            switch (outcome) {
                case ListOutcome.Failed(Throwable cause) ->
                    throw new Trial.UndecidedException("a list of '" + prefix + "' failed", cause);
                case ListOutcome.Listed(List<ListOutcome.Entry> objects, boolean more) -> {
                    objects.forEach(object -> keys.add(object.key()));
                    if (!more || objects.isEmpty()) {
                        return keys;
                    }
                    after = Optional.of(objects.getLast().key());
                }
            }
        }
    }

    void delete(int connection, ObjectKey key) throws Trial.UndecidedException {
        DeleteOutcome outcome = connection(connection).delete(key).join();
        switch (outcome) {
            case DeleteOutcome.Deleted() -> {}
            case DeleteOutcome.Unknown(Throwable cause) ->
                throw new Trial.UndecidedException("a delete of '" + key + "' got no answer", cause);
        }
    }

    /// Deletes everything that was written; answers how many keys may be left.
    int cleanUp() {
        List<CompletableFuture<DeleteOutcome>> deletes = new ArrayList<>();
        int left = 0;
        for (ObjectKey key : written) {
            deletes.add(connection(deletes.size()).delete(key));
            if (deletes.size() == 64) {
                left += unknown(deletes);
            }
        }
        return left + unknown(deletes);
    }

    private static int unknown(List<CompletableFuture<DeleteOutcome>> deletes) {
        int unknown = 0;
        for (CompletableFuture<DeleteOutcome> delete : deletes) {
            unknown += delete.join() instanceof DeleteOutcome.Unknown ? 1 : 0;
        }
        deletes.clear();
        return unknown;
    }

    CertificationReport.Latencies latencies() {
        List<Long> puts = putNanos.stream().sorted().toList();
        List<Long> gets = getNanos.stream().sorted().toList();
        return new CertificationReport.Latencies(
                puts.size(),
                percentile(puts, 50),
                percentile(puts, 99),
                gets.size(),
                percentile(gets, 50),
                percentile(gets, 99));
    }

    private static Duration percentile(List<Long> sorted, int percent) {
        return sorted.isEmpty()
                ? Duration.ZERO
                : Duration.ofNanos(sorted.get((int) ((sorted.size() - 1L) * percent / 100)));
    }
}
