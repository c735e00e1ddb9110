// SPDX-License-Identifier: Apache-2.0
package io.penstock.log.wal;

import io.penstock.log.format.Fence;
import io.penstock.log.format.Seal;
import io.penstock.objectstore.layout.LeaderEpoch;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;
import java.util.TreeMap;

/// Whom a sealer needs shut out, and why.
///
/// @param reason for people
public record SealDemand(Fence fence, String reason) {

    /// Everybody. Only when the same or an earlier metalog entry retires the incarnation and reassigns all its shards
    /// (R4).
    public static SealDemand all(String reason) {
        return new SealDemand(Fence.all(), reason);
    }

    /// One shard at this epoch and below; the WAL goes on without it.
    public static SealDemand shard(ShardId shard, LeaderEpoch upTo, String reason) {
        return new SealDemand(Fence.shards(Map.of(shard, upTo)), reason);
    }

    /// Several shards, each at its epoch and below; the WAL goes on without them.
    public static SealDemand shards(Map<ShardId, LeaderEpoch> upTo, String reason) {
        return new SealDemand(Fence.shards(upTo), reason);
    }

    /// Whether nothing is left to demand once this seal stands.
    boolean satisfiedBy(Seal seal) {
        return switch (seal.fence()) {
            case Fence.All() -> true;
            case Fence.Shards _ ->
                fence instanceof Fence.Shards && remaining(seal).isEmpty();
        };
    }

    /// What is left to demand of the next generation.
    SealDemand after(Seal seal) {
        return switch (fence) {
            case Fence.All() -> this;
            case Fence.Shards _ -> new SealDemand(Fence.shards(remaining(seal)), reason);
        };
    }

    private Map<ShardId, LeaderEpoch> remaining(Seal seal) {
        Map<ShardId, LeaderEpoch> left = new TreeMap<>();
        if (fence instanceof Fence.Shards(Map<ShardId, LeaderEpoch> upTo)) {
            left.putAll(upTo);
            left.entrySet().removeIf(shard -> seal.fences(shard.getKey(), shard.getValue()));
        }
        return left;
    }
}
