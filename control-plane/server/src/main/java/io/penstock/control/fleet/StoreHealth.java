// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.brokerapi.v1.StoreReport;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/// How well buckets answer brokers, as the brokers' heartbeats say. For people: nothing is decided by it.
///
/// Lives in memory: a control plane that starts knows it again after one heartbeat. Safe for concurrent use.
public final class StoreHealth {
    /// From well to ill, so that the worst is the greatest.
    public enum State {
        HEALTHY,
        /// Slow, or more than a few requests fail.
        DEGRADED,
        /// Most requests fail.
        UNAVAILABLE
    }

    /// What one broker says of the bucket of one cluster.
    ///
    /// @param since when it began to say so, by this control plane's clock
    public record Seen(String brokerId, String clusterId, State state, Instant since) {}

    private record Key(String brokerId, String clusterId) {}

    private final Map<Key, Seen> seen = new HashMap<>();

    /// Takes over all that a heartbeat said. What a broker did not mention it serves no more; a state that a newer
    /// broker may know and we do not is left out.
    synchronized void heard(String brokerId, List<StoreReport> reports, Instant at) {
        Map<Key, Seen> now = new HashMap<>();
        for (StoreReport report : reports) {
            State state = switch (report.getState()) {
                case STORE_HEALTHY -> State.HEALTHY;
                case STORE_DEGRADED -> State.DEGRADED;
                case STORE_UNAVAILABLE -> State.UNAVAILABLE;
                case STORE_UNKNOWN, UNRECOGNIZED -> null;
            };
            if (state != null) {
                Key key = new Key(brokerId, report.getClusterId());
                Seen before = seen.get(key);
                now.put(
                        key,
                        before != null && before.state == state
                                ? before
                                : new Seen(brokerId, report.getClusterId(), state, at));
            }
        }
        gone(brokerId);
        seen.putAll(now);
    }

    /// A broker's stream broke: what it said is no longer known to be so.
    synchronized void gone(String brokerId) {
        seen.keySet().removeIf(key -> key.brokerId.equals(brokerId));
    }

    /// What everybody says of a cluster's bucket, the worst first.
    synchronized List<Seen> ofCluster(String clusterId) {
        return worstFirst(report -> report.clusterId.equals(clusterId));
    }

    /// What a broker says of the buckets that it uses, the worst first.
    synchronized List<Seen> ofBroker(String brokerId) {
        return worstFirst(report -> report.brokerId.equals(brokerId));
    }

    private List<Seen> worstFirst(Predicate<Seen> which) {
        Collection<Seen> all = seen.values();
        return all.stream()
                .filter(which)
                .sorted(Comparator.comparing(Seen::state)
                        .reversed()
                        .thenComparing(Seen::clusterId)
                        .thenComparing(Seen::brokerId))
                .toList();
    }
}
