// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.gateway;

import java.util.List;
import java.util.Map;

/// The control plane's public API, as far as the console uses it. Every call blocks until there is an answer; none
/// throws because of the network or of what comes from there.
public interface PenstockGateway {
    /// Reads one thing.
    ///
    /// @param path below the service's address, encoded, with `/v1`
    <R> Answer<R> read(ApiKey key, Kind<R> kind, String path);

    /// Reads a page of a list.
    ///
    /// @param query what else to ask for; empty values are left out
    /// @param pageToken where the page starts, as the page before said; empty for the first
    <R> Answer<Page<R>> page(ApiKey key, Kind<R> kind, String path, Map<String, String> query, String pageToken);

    /// Changes something. What makes something is sent a second time if nobody answers, under one idempotency key;
    /// anything else is sent once, and may have happened if nobody answers.
    <R> Answer<R> send(ApiKey key, Kind<R> kind, ApiCall call);

    /// @param nextToken of the page that follows; empty on the last one
    record Page<R>(List<R> items, String nextToken) {
        public Page {
            items = List.copyOf(items);
        }
    }

    Answer<List<Tenant>> tenants(ApiKey key);

    Answer<List<Cluster>> clusters(ApiKey key);

    Answer<List<Fleet>> fleets(ApiKey key);

    Answer<List<Broker>> brokers(ApiKey key, String fleetId);

    /// A customer.
    record Tenant(String id, String name) {}

    /// A pool of brokers.
    record Fleet(String id, String name) {}

    /// A tenant's Kafka cluster.
    ///
    /// @param phase one of the API's phases, or one that is newer than this console
    /// @param bootstrapServers empty until brokers serve it
    /// @param trouble why it is not ready; empty while it is
    /// @param store how well its bucket answers
    /// @param shares who serves it, and how much of it
    record Cluster(
            String id,
            String name,
            String tenantId,
            String phase,
            String bootstrapServers,
            String latencyProfile,
            String trouble,
            Store store,
            int shards,
            int topics,
            List<Share> shares) {
        public Cluster {
            shares = List.copyOf(shares);
        }
    }

    /// A broker's part in one cluster.
    record Share(int nodeId, String address, String zone, int shardsLed) {}

    /// How well an object store answers, as brokers say.
    ///
    /// @param state one word, such as `Healthy`; empty where nobody says
    /// @param trouble what is wrong with it; empty while nothing is
    record Store(String state, String trouble) {}

    /// A broker process of a fleet.
    ///
    /// @param reason why it is in its phase; may be empty
    /// @param pid of the process, where the fleet runs as processes of one machine; otherwise 0
    /// @param store how well the buckets that it uses answer it
    record Broker(
            String id, int nodeId, String phase, String reason, long pid, String zone, int shardsLed, Store store) {}
}
