// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.clusters;

import io.penstock.console.gateway.PenstockGateway.Broker;
import io.penstock.console.gateway.PenstockGateway.Cluster;
import io.penstock.console.gateway.PenstockGateway.Share;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Clusters and brokers at one moment, in the order in which they are shown.
record Overview(List<ClusterOfTenant> clusters, Brokers brokers) {
    Overview {
        clusters = clusters.stream()
                .sorted(Comparator.comparing(ClusterOfTenant::tenant)
                        .thenComparing(row -> row.cluster().name())
                        .thenComparing(row -> row.cluster().id()))
                .toList();
    }

    Optional<Cluster> cluster(String id) {
        return clusters.stream()
                .map(ClusterOfTenant::cluster)
                .filter(cluster -> cluster.id().equals(id))
                .findFirst();
    }

    /// @param tenant by name; by id where names may not be seen
    record ClusterOfTenant(Cluster cluster, String tenant) {}

    /// @param fleet by name
    record BrokerOfFleet(Broker broker, String fleet) {}

    /// The brokers, as far as this key may see them.
    sealed interface Brokers {
        record Listed(List<BrokerOfFleet> brokers) implements Brokers {
            public Listed {
                brokers = brokers.stream()
                        .sorted(Comparator.comparing(BrokerOfFleet::fleet)
                                .thenComparingInt(row -> row.broker().nodeId())
                                .thenComparing(row -> row.broker().id()))
                        .toList();
            }
        }

        record Hidden(String why) implements Brokers {}
    }

    static int shardsLed(Cluster cluster) {
        return cluster.shares().stream().mapToInt(Share::shardsLed).sum();
    }

    static int shardsWithoutLeader(Cluster cluster) {
        return Math.max(0, cluster.shards() - shardsLed(cluster));
    }
}
