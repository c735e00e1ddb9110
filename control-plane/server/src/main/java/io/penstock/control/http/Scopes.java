// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.http;

import io.penstock.control.access.Caller;
import io.penstock.control.access.Scope;
import io.penstock.control.cluster.ClusterService;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.tenant.TenantService;
import java.util.Optional;
import org.springframework.stereotype.Component;

/// Reads where something shall hold. What the caller does not see is not there.
@Component
class Scopes {
    private final TenantService tenants;
    private final ClusterService clusters;

    Scopes(TenantService tenants, ClusterService clusters) {
        this.tenants = tenants;
        this.clusters = clusters;
    }

    /// @param tenantId empty: the cluster's, or the whole organization
    Scope scope(Caller caller, Optional<String> tenantId, Optional<String> clusterId) {
        if (clusterId.isPresent()) {
            return clusters.place(clusterId.get())
                    .filter(place -> caller.sees(place.tenantId(), place.clusterId()))
                    .filter(place -> tenantId.isEmpty() || tenantId.get().equals(place.tenantId()))
                    .orElseThrow(() -> ProblemException.field(
                            "/spec/cluster_id", "not_found", "there is no cluster '" + clusterId.get() + "'"));
        }
        return Scope.of(tenantId.map(id -> tenants.find(caller, id).id()), Optional.empty());
    }
}
