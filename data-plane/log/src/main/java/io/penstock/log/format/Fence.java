// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.format;

import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/// Whom a seal shuts out.
public sealed interface Fence {
    /// Everybody: the incarnation is over.
    record All() implements Fence {}

    /// These shards, each at the epoch given and below; everything else goes on in the next generation. May be empty:
    /// then nobody is shut out, and the WAL just goes on.
    record Shards(Map<ShardId, LeaderEpoch> epochsUpTo) implements Fence {
        public Shards {
            epochsUpTo = Collections.unmodifiableSortedMap(new TreeMap<>(epochsUpTo));
        }
    }

    /// Whether what the shard wrote at this epoch, and was not acknowledged before the seal, is void.
    default boolean fences(ShardId shard, LeaderEpoch epoch) {
        return switch (this) {
            case All() -> true;
            case Shards(Map<ShardId, LeaderEpoch> epochsUpTo) -> {
                LeaderEpoch upTo = epochsUpTo.get(shard);
                yield upTo != null && epoch.compareTo(upTo) <= 0;
            }
        };
    }

    static Fence all() {
        return new All();
    }

    static Fence shards(Map<ShardId, LeaderEpoch> epochsUpTo) {
        return new Shards(epochsUpTo);
    }

    /// Nobody: the WAL goes on in the next generation with all it has.
    static Fence nobody() {
        return new Shards(Map.of());
    }
}
