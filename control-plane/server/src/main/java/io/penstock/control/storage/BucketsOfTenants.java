// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import io.penstock.api.ResourceRef;
import io.penstock.control.tenant.TenantHoldings;
import java.util.List;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Component;

/// A tenant that has buckets of its own is not deleted.
@Component
final class BucketsOfTenants implements TenantHoldings {
    private final Buckets buckets;

    BucketsOfTenants(Buckets buckets) {
        this.buckets = buckets;
    }

    @Override
    public List<ResourceRef> of(String tenantId) {
        return buckets.findByTenantId(tenantId, Limit.of(100)).stream()
                .map(bucket -> new ResourceRef("Bucket", bucket.id(), "/v1/buckets/" + bucket.id()))
                .toList();
    }
}
