// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.placement;

import io.penstock.brokerapi.v1.ClusterReport;
import io.penstock.brokerapi.v1.ShardReport;
import io.penstock.objectstore.layout.ShardId;
import java.util.HashMap;
import java.util.Map;

/// How busy shards are: bytes a second that they took lately, from what brokers report. Pure: time is passed in. Not
/// safe for concurrent use.
final class ShardLoads {
    /// What was measured longer ago counts for a third.
    private static final double MEMORY_SECONDS = 20;
    private static final double NANOS = 1e9;

    private record Seen(int epoch, long bytes, long atNanos, double perSecond) {}

    private final Map<String, Map<ShardId, Seen>> clusters = new HashMap<>();

    /// @param now of a monotonic clock, in nanoseconds
    void heard(ClusterReport report, long now) {
        var shards = clusters.computeIfAbsent(report.getClusterId(), c -> new HashMap<>());
        for (ShardReport shard : report.getOpenList()) {
            shards.merge(
                    new ShardId(shard.getShard()),
                    new Seen(shard.getEpoch(), shard.getAppendedBytes(), now, 0),
                    ShardLoads::after);
        }
    }

    private static Seen after(Seen before, Seen now) {
        if (now.epoch() < before.epoch()) {
            return before; // a former leader, late
        }
        double seconds = (now.atNanos() - before.atNanos()) / NANOS;
        if (now.epoch() > before.epoch()) {
            // Counting began anew; it is as busy as before until more is known.
            return new Seen(now.epoch(), now.bytes(), now.atNanos(), before.perSecond());
        }
        if (seconds <= 0) {
            return before;
        }
        double fresh = Math.max(0, now.bytes() - before.bytes()) / seconds;
        double weight = 1 - Math.exp(-seconds / MEMORY_SECONDS);
        return new Seen(
                now.epoch(), now.bytes(), now.atNanos(), before.perSecond() + (fresh - before.perSecond()) * weight);
    }

    /// Bytes a second by shard; shards that were never reported are idle.
    Map<ShardId, Double> of(String clusterId) {
        var loads = new HashMap<ShardId, Double>();
        clusters.getOrDefault(clusterId, Map.of()).forEach((shard, seen) -> loads.put(shard, seen.perSecond()));
        return loads;
    }

    void forget(String clusterId) {
        clusters.remove(clusterId);
    }
}
