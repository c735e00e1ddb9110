// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.copy;

import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.Uuid;

/// What a copy must know of the metalog, up to one entry.
///
/// @param entry the last entry in here
/// @param shards how many the cluster has
/// @param oldestEpochs per shard that was ever assigned the first epoch that the image still lists
/// @param incarnations those that the image knows
/// @param topics living topics, by id
public record MetalogView(
        int entry,
        int shards,
        Map<ShardId, LeaderEpoch> oldestEpochs,
        Set<Incarnation> incarnations,
        Map<Uuid, String> topics) {
    public MetalogView {
        oldestEpochs = Map.copyOf(oldestEpochs);
        incarnations = Set.copyOf(incarnations);
        topics = Map.copyOf(topics);
    }
}
