// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.fsck;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;

/// What a metalog says about leadership, from its first entry to one of its entries.
///
/// @param entry the last entry that is in here
/// @param complete whether that is all there is; else nothing is known of later epochs and incarnations
/// @param shards how many the cluster has
/// @param leaders per shard every leader epoch it was ever given, and to whom
/// @param announced every incarnation that may write here
/// @param cleaned topics that are, or were, cleaned by key: records may have left from between others
/// @param deaths shards that were taken from an incarnation by the very entry that retired it
public record Assignments(
        int entry,
        boolean complete,
        int shards,
        Map<ShardId, Map<LeaderEpoch, Incarnation>> leaders,
        Set<Incarnation> announced,
        Set<Uuid> cleaned,
        List<Death> deaths) {
    public Assignments {
        Map<ShardId, Map<LeaderEpoch, Incarnation>> copy = new TreeMap<>();
        leaders.forEach((shard, epochs) -> copy.put(shard, Map.copyOf(epochs)));
        leaders = Collections.unmodifiableMap(copy);
        announced = Set.copyOf(announced);
        cleaned = Set.copyOf(cleaned);
        deaths = List.copyOf(deaths);
    }

    /// An incarnation ended while it led a shard: the heir that opens it at `heirEpoch` or later has sealed for all.
    public record Death(Incarnation incarnation, ShardId shard, LeaderEpoch heirEpoch) {}

    /// Whether the shard may have been led at that epoch by that incarnation.
    boolean allows(ShardId shard, LeaderEpoch epoch, Incarnation incarnation) {
        return leader(shard, epoch).map(incarnation::equals).orElse(!complete && epoch.number() > entry);
    }

    Optional<Incarnation> leader(ShardId shard, LeaderEpoch epoch) {
        return Optional.ofNullable(leaders.getOrDefault(shard, Map.of()).get(epoch));
    }
}
