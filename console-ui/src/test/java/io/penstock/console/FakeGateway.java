// SPDX-License-Identifier: Apache-2.0
package io.penstock.console;

import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.ApiCall;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.Kind;
import io.penstock.console.gateway.PenstockGateway;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// A control plane in the test's hand: every answer can be set. It starts with one tenant `demo`, one fleet `local`
/// and nothing in them.
public final class FakeGateway implements PenstockGateway {
    public Answer<List<Tenant>> tenants = new Received<>(List.of(new Tenant("tn_1", "demo")));
    public Answer<List<Cluster>> clusters = new Received<>(List.of());
    public Answer<List<Fleet>> fleets = new Received<>(List.of(new Fleet("flt_1", "local")));
    public Answer<List<Broker>> brokers = new Received<>(List.of());

    /// What is read at a path; a list is told as a page. What is not here is not found.
    public final Map<String, Object> things = new HashMap<>();
    /// What comes of sending, by method and path; anything else succeeds with what the path holds.
    public final Map<String, Answer<Object>> outcomes = new HashMap<>();
    public final List<ApiCall> sent = new ArrayList<>();

    @Override
    @SuppressWarnings("unchecked")
    public <R> Answer<R> read(ApiKey key, Kind<R> kind, String path) {
        return things.containsKey(path)
                ? new Received<>((R) things.get(path))
                : new Answer.NotFound<>("there is no " + path);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Answer<Page<R>> page(
            ApiKey key, Kind<R> kind, String path, Map<String, String> query, String pageToken) {
        return things.get(path) instanceof List<?> list
                ? new Received<>(new Page<>((List<R>) list, ""))
                : new Answer.NotFound<>("there is no " + path);
    }

    @Override
    @SuppressWarnings("unchecked")
    public <R> Answer<R> send(ApiKey key, Kind<R> kind, ApiCall call) {
        sent.add(call);
        var outcome = outcomes.get(call.method() + " " + call.path());
        return outcome != null ? outcome.map(value -> (R) value) : read(key, kind, call.path());
    }

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
