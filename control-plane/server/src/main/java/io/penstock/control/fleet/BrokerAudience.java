// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.control.metalog.EntryAudience;
import io.penstock.metadata.EncodedEntry;
import java.util.concurrent.CompletableFuture;

/// Brokers, and whoever waits for a cluster to be served, hear of stored entries.
final class BrokerAudience implements EntryAudience {
    private final BrokerRegistry registry;
    private final ClusterAttaching attaching;

    BrokerAudience(BrokerRegistry registry, ClusterAttaching attaching) {
        this.registry = registry;
        this.attaching = attaching;
    }

    @Override
    public CompletableFuture<Void> stored(String clusterId, EncodedEntry entry) {
        CompletableFuture<Void> applied = registry.stored(clusterId, entry);
        attaching.stored(clusterId);
        return applied;
    }
}
