// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.fetch;

import io.penstock.log.Isolation;
import io.penstock.log.PartitionRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// What a consumer wants of this broker, and which of it is *due*: may have something that the consumer does not
/// know. Due is what was asked for anew, what had records or an error when it was read last, and what has progressed
/// since. All else was read to its end, and needs nobody's attention: however many partitions a session has, a fetch
/// costs what has changed.
///
/// Lives as long as the session, or as the one request that has none. Thread-safe.
final class FetchTail {
    private final FetchWaits waits;

    // Guarded by this.
    private final Map<FetchKey, Wanted> wanted = new LinkedHashMap<>();
    private final Map<FetchKey, PartitionRef> watched = new HashMap<>();
    private final Set<FetchKey> due = new LinkedHashSet<>();
    private Optional<Isolation> isolation = Optional.empty();
    private Optional<Runnable> whenDue = Optional.empty();
    private boolean closed;

    FetchTail(FetchWaits waits, Collection<Wanted> first) {
        this.waits = waits;
        change(first, List.of());
    }

    /// Takes what the consumer asks for anew, and what it wants no more.
    synchronized void change(Collection<Wanted> added, Collection<FetchKey> forgotten) {
        for (Wanted want : added) {
            wanted.put(want.key(), want);
            due.add(want.key());
        }
        for (FetchKey key : forgotten) {
            wanted.remove(key);
            due.remove(key);
            unwatch(key);
        }
    }

    synchronized int size() {
        return wanted.size();
    }

    /// A fetch begins. What is visible depends on the isolation: if that is another one, everything is due.
    ///
    /// @param told whenever something becomes due; replaces who was told before
    synchronized void begin(Isolation asked, Runnable told) {
        if (isolation.isPresent() && isolation.get() != asked) {
            due.addAll(wanted.keySet());
        }
        isolation = Optional.of(asked);
        whenDue = Optional.of(told);
    }

    /// All that is due, the longest waiting first; it is not due any more.
    synchronized List<Wanted> claim() {
        List<Wanted> claimed = new ArrayList<>(due.size());
        for (FetchKey key : due) {
            Wanted want = wanted.get(key);
            if (want != null) {
                claimed.add(want);
            }
        }
        due.clear();
        return claimed;
    }

    synchronized boolean hasDue() {
        return !due.isEmpty();
    }

    /// A fetch has ended.
    ///
    /// @param told who need not be told any more
    /// @param dueNextTime is due again, behind what is due already
    synchronized void end(Runnable told, Collection<FetchKey> dueNextTime) {
        whenDue = whenDue.filter(other -> !other.equals(told));
        for (FetchKey key : dueNextTime) {
            if (wanted.containsKey(key)) {
                due.add(key);
            }
        }
    }

    /// Progress of that partition makes the key due from now on. To be called before it is read, so that nothing is
    /// missed in between.
    synchronized void watch(FetchKey key, PartitionRef partition) {
        if (closed || !wanted.containsKey(key) || partition.equals(watched.get(key))) {
            return;
        }
        unwatch(key);
        watched.put(key, partition);
        waits.add(partition, new FetchWaits.Watch(this, key));
    }

    private void unwatch(FetchKey key) {
        PartitionRef before = watched.remove(key);
        if (before != null) {
            waits.remove(before, new FetchWaits.Watch(this, key));
        }
    }

    /// There may be news of it. From any thread.
    void progressed(FetchKey key) {
        Optional<Runnable> told;
        synchronized (this) {
            if (!wanted.containsKey(key) || !due.add(key)) {
                return;
            }
            told = whenDue;
        }
        told.ifPresent(Runnable::run);
    }

    /// Nobody asks any more.
    synchronized void close() {
        closed = true;
        List.copyOf(watched.keySet()).forEach(this::unwatch);
    }
}
