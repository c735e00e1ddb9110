// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import io.penstock.console.clusters.Overview.BrokerOfFleet;
import io.penstock.console.clusters.Overview.Brokers;
import io.penstock.console.clusters.Overview.ClusterOfTenant;
import io.penstock.console.gateway.Answer;
import io.penstock.console.gateway.Answer.KeyRefused;
import io.penstock.console.gateway.Answer.NotAllowed;
import io.penstock.console.gateway.Answer.NotFound;
import io.penstock.console.gateway.Answer.Received;
import io.penstock.console.gateway.Answer.Refused;
import io.penstock.console.gateway.Answer.Unavailable;
import io.penstock.console.gateway.ApiKey;
import io.penstock.console.gateway.PenstockGateway;
import io.penstock.console.gateway.PenstockGateway.Broker;
import io.penstock.console.gateway.PenstockGateway.Fleet;
import io.penstock.console.gateway.PenstockGateway.Tenant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Asks the control plane for everything the clusters view shows.
///
/// Clusters are what the view is for: without them there is no answer. Tenants' names and brokers are shown as far as
/// the key may see them.
final class OverviewReader {
    private final PenstockGateway gateway;

    OverviewReader(PenstockGateway gateway) {
        this.gateway = gateway;
    }

    Answer<Overview> read(ApiKey key) {
        return gateway.clusters(key)
                .then(clusters -> tenantNames(key)
                        .then(names -> brokers(key)
                                .map(brokers -> new Overview(
                                        clusters.stream()
                                                .map(cluster -> new ClusterOfTenant(
                                                        cluster,
                                                        names.getOrDefault(cluster.tenantId(), cluster.tenantId())))
                                                .toList(),
                                        brokers))));
    }

    private Answer<Map<String, String>> tenantNames(ApiKey key) {
        return switch (gateway.tenants(key)) {
            case Received<List<Tenant>>(var tenants) ->
                new Received<>(tenants.stream()
                        .collect(Collectors.toMap(Tenant::id, Tenant::name, (first, second) -> second)));
            case NotAllowed<List<Tenant>> _ -> new Received<>(Map.of());
            case NotFound<List<Tenant>> _ -> new Received<>(Map.of());
            case Refused<List<Tenant>>(var refusal) -> new Refused<>(refusal);
            case KeyRefused<List<Tenant>> _ -> new KeyRefused<>();
            case Unavailable<List<Tenant>>(var why) -> new Unavailable<>(why);
        };
    }

    private Answer<Brokers> brokers(ApiKey key) {
        return switch (gateway.fleets(key)) {
            case Received<List<Fleet>>(var fleets) -> brokers(key, fleets);
            case NotAllowed<List<Fleet>>(var why) -> new Received<>(new Brokers.Hidden(why));
            case NotFound<List<Fleet>>(var why) -> new Received<>(new Brokers.Hidden(why));
            case Refused<List<Fleet>>(var refusal) -> new Refused<>(refusal);
            case KeyRefused<List<Fleet>> _ -> new KeyRefused<>();
            case Unavailable<List<Fleet>>(var why) -> new Unavailable<>(why);
        };
    }

    private Answer<Brokers> brokers(ApiKey key, List<Fleet> fleets) {
        List<BrokerOfFleet> found = new ArrayList<>();
        for (var fleet : fleets) {
            switch (gateway.brokers(key, fleet.id())) {
                case Received<List<Broker>>(var brokers) ->
                    brokers.forEach(broker -> found.add(new BrokerOfFleet(broker, fleet.name())));
                // The fleet went away since it was listed, and its brokers with it.
                case NotFound<List<Broker>> _ -> {}
                case NotAllowed<List<Broker>>(var why) -> {
                    return new Received<>(new Brokers.Hidden(why));
                }
                case Refused<List<Broker>>(var refusal) -> {
                    return new Refused<>(refusal);
                }
                case KeyRefused<List<Broker>> _ -> {
                    return new KeyRefused<>();
                }
                case Unavailable<List<Broker>>(var why) -> {
                    return new Unavailable<>(why);
                }
            }
        }
        return new Received<>(new Brokers.Listed(found));
    }
}
