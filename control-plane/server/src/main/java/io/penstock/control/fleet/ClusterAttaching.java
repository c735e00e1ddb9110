// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.metadata.ClusterImage;
import io.penstock.objectstore.layout.ShardId;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.IntStream;

/// Follows clusters from the wish that a fleet serves them until every shard has a leader.
final class ClusterAttaching {
    private final BrokerRegistry registry;
    private final Function<String, ClusterImage> images;
    private final Map<String, CompletableFuture<Void>> waiting = new ConcurrentHashMap<>();

    ClusterAttaching(BrokerRegistry registry, Function<String, ClusterImage> images) {
        this.registry = registry;
        this.images = images;
    }

    /// Repeatable. Completes when every shard has a leader, which may take as long as the fleet has no broker.
    CompletableFuture<Void> attach(ClusterAttachment cluster) {
        CompletableFuture<Void> served = waiting.computeIfAbsent(cluster.clusterId(), c -> new CompletableFuture<>());
        registry.attach(cluster);
        stored(cluster.clusterId());
        return served;
    }

    void detach(String clusterId) {
        CompletableFuture<Void> served = waiting.remove(clusterId);
        if (served != null) {
            served.cancel(false);
        }
        registry.detach(clusterId);
    }

    /// An entry of the cluster is in the bucket.
    void stored(String clusterId) {
        CompletableFuture<Void> served = waiting.get(clusterId);
        if (served != null && isServed(clusterId, images.apply(clusterId))) {
            waiting.remove(clusterId);
            served.complete(null);
        }
    }

    /// An adopted cluster's shards are led on paper by brokers that nobody here knows.
    private boolean isServed(String clusterId, ClusterImage image) {
        int shards = image.shards().count();
        var ours = registry.roster(clusterId).members();
        return shards > 0
                && IntStream.range(0, shards)
                        .allMatch(shard -> image.shards()
                                .leader(new ShardId(shard))
                                .filter(leader -> ours.containsKey(leader.incarnation()))
                                .isPresent());
    }
}
