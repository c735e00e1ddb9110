// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.fleet.ClusterAttachment;
import io.penstock.control.fleet.Fleet;
import io.penstock.control.fleet.FleetService;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.springframework.stereotype.Component;

/// Clusters are hosted by the fleets of the fleet module.
@Component
final class FleetHosting implements ClusterHosting {
    private final FleetService fleets;

    FleetHosting(FleetService fleets) {
        this.fleets = fleets;
    }

    @Override
    public Optional<String> fleet(Optional<String> wanted) {
        return fleets.forCluster(wanted).map(Fleet::id);
    }

    @Override
    public CompletableFuture<Void> attach(Cluster cluster, int basePort) {
        return fleets.attach(new ClusterAttachment(
                cluster.id(),
                cluster.tenantId(),
                cluster.fleetId(),
                cluster.bucketId(),
                cluster.prefix(),
                cluster.name(),
                cluster.settings().latencyProfile().name().toLowerCase(Locale.ROOT),
                basePort,
                cluster.authentication() == ClientAuthentication.OPEN_ON_LOOPBACK));
    }

    @Override
    public void detach(String clusterId) {
        fleets.detach(clusterId);
    }

    @Override
    public boolean purge(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {
        return fleets.purge(clusterId, prefix, bucketId, fleetId);
    }
}
