// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.PenstockGateway;
import java.util.List;

/// A control plane in the test's hand: every answer can be set. It starts with one tenant `demo`, one fleet `local`
/// and nothing in them.
public final class FakeGateway implements PenstockGateway {
    public Answer<List<Tenant>> tenants = new Received<>(List.of(new Tenant("tn_1", "demo")));
    public Answer<List<Cluster>> clusters = new Received<>(List.of());
    public Answer<List<Fleet>> fleets = new Received<>(List.of(new Fleet("flt_1", "local")));
    public Answer<List<Broker>> brokers = new Received<>(List.of());

    @Override
    public Answer<List<Tenant>> tenants(ApiKey key) {
        return tenants;
    }

    @Override
    public Answer<List<Cluster>> clusters(ApiKey key) {
        return clusters;
    }

    @Override
    public Answer<List<Fleet>> fleets(ApiKey key) {
        return fleets;
    }

    @Override
    public Answer<List<Broker>> brokers(ApiKey key, String fleetId) {
        return brokers;
    }
}
