// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.api.Condition;
import io.penstock.control.fleet.StoreHealth.Seen;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/// The condition `StoreHealthy`: whether a bucket answers as it should those who use it.
final class StoreConditions {
    private static final String TYPE = "StoreHealthy";

    private StoreConditions() {}

    /// @param seen the worst first
    /// @param unknownSince of a cluster: since when nobody says anything, as far as that is known
    static Condition ofCluster(List<Seen> seen, Instant unknownSince) {
        return of(seen, unknownSince, "no broker that serves the cluster is connected", Seen::brokerId);
    }

    static Condition ofBroker(List<Seen> seen, Instant unknownSince) {
        return of(seen, unknownSince, "it serves no cluster, or is not connected", one -> "cluster " + one.clusterId());
    }

    private static Condition of(
            List<Seen> seen, Instant unknownSince, String nobody, java.util.function.Function<Seen, String> where) {
        if (seen.isEmpty()) {
            return new Condition(TYPE, Condition.Status.UNKNOWN, "NotReported", nobody, unknownSince);
        }
        var worst = seen.getFirst();
        var alike = seen.stream().filter(one -> one.state() == worst.state()).toList();
        var since = alike.stream().map(Seen::since).min(Instant::compareTo).orElse(worst.since());
        var affected = " (" + alike.stream().map(where).collect(Collectors.joining(", ")) + ")";
        return switch (worst.state()) {
            case HEALTHY ->
                new Condition(TYPE, Condition.Status.TRUE, "Healthy", "the object store answers well", since);
            case DEGRADED ->
                new Condition(
                        TYPE,
                        Condition.Status.FALSE,
                        "Degraded",
                        "the object store is slow or fails some requests" + affected,
                        since);
            case UNAVAILABLE ->
                new Condition(
                        TYPE,
                        Condition.Status.FALSE,
                        "Unavailable",
                        "the object store fails most requests" + affected,
                        since);
        };
    }
}
