// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import static java.util.stream.Collectors.groupingBy;

import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.tenant.Tenant;
import io.penstock.control.tenant.TenantLimitsWished;
import io.penstock.control.tenant.TenantService;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.TenantLimits;
import jakarta.annotation.PreDestroy;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.event.TransactionalEventListener;

/// Tells every cluster what its tenant may use: a tenant's limit is divided over the fleets that serve it,
/// and each cluster's metalog has its fleet's part, for brokers to divide on.
///
/// Every step is repeatable; what fails is tried again with the next look.
@Component
class TenantLimitsKeeper {
    private static final Logger LOG = LoggerFactory.getLogger(TenantLimitsKeeper.class);

    private final TenantService tenants;
    private final ClusterService clusters;
    private final AccessChanges changes;
    private final Metalog metalog;
    private final ExecutorService afterwards = Executors.newSingleThreadExecutor(
            Thread.ofVirtual().name("tenant-limits").factory());

    TenantLimitsKeeper(TenantService tenants, ClusterService clusters, AccessChanges changes, Metalog metalog) {
        this.tenants = tenants;
        this.clusters = clusters;
        this.changes = changes;
        this.metalog = metalog;
    }

    /// Clusters come and go, and some could not be told.
    @Scheduled(fixedDelayString = "${penstock.tenants.limits-interval:PT10S}", initialDelayString = "PT5S")
    void keep() {
        Map<String, List<Cluster>> served = clusters.allServing().stream().collect(groupingBy(Cluster::tenantId));
        for (Tenant tenant : tenants.all()) {
            keep(tenant, served.getOrDefault(tenant.id(), List.of()));
        }
    }

    @TransactionalEventListener
    void wished(TenantLimitsWished event) {
        // The transaction that published it is not over for whoever runs in its thread.
        afterwards.execute(this::keep);
    }

    @PreDestroy
    void stop() {
        afterwards.shutdownNow();
    }

    private void keep(Tenant tenant, List<Cluster> served) {
        long fleets =
                Math.max(1, served.stream().map(Cluster::fleetId).distinct().count());
        TenantLimits part = part(tenant.limits(), fleets);
        for (Cluster cluster : served) {
            try {
                TenantLimits present = metalog.image(cluster.id()).tenantLimits();
                if (present.equals(part)) {
                    continue;
                }
                if (!tenant.limitsDeclared()) {
                    tenants.learn(tenant.id(), present);
                    return;
                }
                changes.change(
                        cluster.id(),
                        image -> new AccessChanges.Decision<>(
                                part,
                                image.tenantLimits().equals(part)
                                        ? List.of()
                                        : List.of(new MetalogRecord.TenantLimited(part))));
            } catch (RuntimeException e) {
                LOG.warn("event=tenant_limits_stumbled cluster={} cause={}", cluster.id(), e.toString());
            }
        }
    }

    private static TenantLimits part(TenantLimits whole, long fleets) {
        return new TenantLimits(
                part(whole.produceBytesPerSecond(), fleets),
                part(whole.fetchBytesPerSecond(), fleets),
                part(whole.connectionsPerSecond(), fleets));
    }

    private static OptionalLong part(OptionalLong whole, long fleets) {
        return whole.isPresent() ? OptionalLong.of(Math.max(1, whole.getAsLong() / fleets)) : whole;
    }
}
