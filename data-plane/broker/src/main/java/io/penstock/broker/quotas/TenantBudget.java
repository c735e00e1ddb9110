// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.quotas;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.kafka.quotas.RateBudget;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.TenantLimits;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;

/// This broker's part of what a tenant may use.
///
/// A limit is divided over brokers as the cluster's shards are: who leads a third of them has a third of it.
/// Clusters of one tenant share their part here; where they would differ, it is the mean of theirs. May be
/// used from any thread.
final class TenantBudget implements AutoCloseable {
    /// What one cluster's metalog gives the tenant here.
    private record Part(TenantLimits limits, double share) {}

    private final String tenantId;
    private final MeterRegistry registry;
    private final RateBudget produce = new RateBudget();
    private final RateBudget fetch = new RateBudget();
    private final RateBudget connections = new RateBudget();
    private final Map<String, Part> parts = new HashMap<>();
    private final List<Meter> meters = new ArrayList<>();

    /// Guarded by [TenantBudgets].
    int users;

    TenantBudget(String tenantId, MeterRegistry registry) {
        this.tenantId = tenantId;
        this.registry = registry;
        show("produce", produce);
        show("fetch", fetch);
        show("connections", connections);
    }

    private void show(String what, RateBudget budget) {
        meters.add(Gauge.builder("penstock.tenant.limit", budget, b -> b.limit().orElse(Double.NaN))
                .description("This broker's part of the tenant's limit, bytes or connections per second; NaN: none")
                .tag("tenant", tenantId)
                .tag("limit", what)
                .register(registry));
    }

    String tenantId() {
        return tenantId;
    }

    RateBudget produce() {
        return produce;
    }

    RateBudget fetch() {
        return fetch;
    }

    RateBudget connections() {
        return connections;
    }

    /// The cluster's image has changed.
    ///
    /// @param nodeId this broker's in the cluster
    synchronized void imageChanged(String clusterId, ClusterImage image, int nodeId) {
        parts.put(clusterId, new Part(image.tenantLimits(), share(image, nodeId)));
        divide();
    }

    synchronized void forget(String clusterId) {
        parts.remove(clusterId);
        divide();
    }

    /// The part of the cluster's shards that this broker leads; one who leads none may answer that, as if it
    /// led one.
    private static double share(ClusterImage image, int nodeId) {
        int all = image.shards().count();
        int led = 0;
        for (int shard = 0; shard < all; shard++) {
            if (image.shards()
                    .leader(new ShardId(shard))
                    .filter(leader -> leader.nodeId() == nodeId)
                    .isPresent()) {
                led++;
            }
        }
        return all == 0 ? 1 : Math.max(1, led) / (double) all;
    }

    private void divide() {
        produce.limit(mean(TenantLimits::produceBytesPerSecond));
        fetch.limit(mean(TenantLimits::fetchBytesPerSecond));
        connections.limit(mean(TenantLimits::connectionsPerSecond));
    }

    private OptionalDouble mean(Function<TenantLimits, OptionalLong> limit) {
        return parts.values().stream()
                .filter(part -> limit.apply(part.limits()).isPresent())
                .mapToDouble(part -> limit.apply(part.limits()).getAsLong() * part.share())
                .average();
    }

    @Override
    public void close() {
        meters.forEach(registry::remove);
        produce.close();
        fetch.close();
        connections.close();
    }
}
