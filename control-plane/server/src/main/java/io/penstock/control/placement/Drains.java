// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Which leaving brokers still have to hand something off. Pure: time is passed in. Not safe for concurrent use.
final class Drains {

    /// A shard that somebody led.
    record Led(String clusterId, int shard, int epoch) {}

    private record Drain(Instant since, Set<Led> left) {}

    private final Duration patience;
    private final Map<String, Drain> drains = new TreeMap<>();

    Drains(Duration patience) {
        this.patience = patience;
    }

    /// @param led what it leads now, in all clusters
    void begin(String brokerId, Set<Led> led, Instant now) {
        drains.putIfAbsent(brokerId, new Drain(now, new HashSet<>(led)));
    }

    void handedOff(String brokerId, Led led) {
        Drain drain = drains.get(brokerId);
        if (drain != null) {
            drain.left.remove(led);
        }
    }

    /// Brokers that may go now; each is told once.
    List<String> done(Instant now) {
        var done = new ArrayList<String>();
        drains.forEach((brokerId, drain) -> {
            if (drain.left.isEmpty() || !now.isBefore(drain.since.plus(patience))) {
                done.add(brokerId);
            }
        });
        done.forEach(drains::remove);
        return done;
    }
}
