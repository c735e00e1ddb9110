// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import io.penstock.api.ResourceRef;
import io.penstock.control.tenant.TenantHoldings;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/// A tenant with clusters is not deleted.
@Component
final class ClustersOfTenants implements TenantHoldings {
    private final Clusters clusters;

    ClustersOfTenants(Clusters clusters) {
        this.clusters = clusters;
    }

    @Override
    public List<ResourceRef> of(String tenantId) {
        return clusters.findByTenantIdAndPhaseNot(tenantId, Phase.DELETED, Limit.of(100)).stream()
                .map(ClusterService::ref)
                .toList();
    }

    @Override
    public void forget(String tenantId) {
        clusters.forgetDeleted(tenantId, "");
    }
}
