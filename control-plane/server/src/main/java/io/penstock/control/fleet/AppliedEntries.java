// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// Who has applied which metalog entry, and who waits for that.
final class AppliedEntries {
    private record Key(String brokerId, String clusterId) {}

    private record Waiter(String clusterId, int number, Set<String> brokers, CompletableFuture<Void> done) {}

    private final Map<Key, Integer> applied = new HashMap<>();
    private final List<Waiter> waiters = new ArrayList<>();

    /// Completes when all these brokers have applied the entry or have gone.
    CompletableFuture<Void> await(String clusterId, int number, Collection<String> brokers) {
        var waiter = new Waiter(clusterId, number, new HashSet<>(brokers), new CompletableFuture<>());
        synchronized (applied) {
            waiter.brokers.removeIf(broker -> applied.getOrDefault(new Key(broker, clusterId), 0) >= number);
            if (!waiter.brokers.isEmpty()) {
                waiters.removeIf(old -> old.done.isDone());
                waiters.add(waiter);
                return waiter.done;
            }
        }
        waiter.done.complete(null);
        return waiter.done;
    }

    void applied(String brokerId, String clusterId, int number) {
        List<Waiter> satisfied;
        synchronized (applied) {
            applied.merge(new Key(brokerId, clusterId), number, Math::max);
            satisfied = without(brokerId, clusterId, number);
        }
        satisfied.forEach(waiter -> waiter.done.complete(null));
    }

    /// Cluster id → the newest entry that anybody has applied.
    Map<String, Integer> newest() {
        var newest = new HashMap<String, Integer>();
        synchronized (applied) {
            applied.forEach((key, number) -> newest.merge(key.clusterId, number, Math::max));
        }
        return newest;
    }

    /// Nobody waits for a broker that has gone.
    void gone(String brokerId) {
        List<Waiter> satisfied = new ArrayList<>();
        synchronized (applied) {
            applied.keySet().removeIf(key -> key.brokerId.equals(brokerId));
            for (Waiter waiter : List.copyOf(waiters)) {
                satisfied.addAll(without(brokerId, waiter.clusterId, Integer.MAX_VALUE));
            }
        }
        satisfied.forEach(waiter -> waiter.done.complete(null));
    }

    private List<Waiter> without(String brokerId, String clusterId, int number) {
        var satisfied = new ArrayList<Waiter>();
        for (Iterator<Waiter> i = waiters.iterator(); i.hasNext(); ) {
            Waiter waiter = i.next();
            if (waiter.clusterId.equals(clusterId) && waiter.number <= number) {
                waiter.brokers.remove(brokerId);
                if (waiter.brokers.isEmpty()) {
                    satisfied.add(waiter);
                    i.remove();
                }
            }
        }
        return satisfied;
    }
}
