// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import io.penstock.api.ResourceRef;
import java.util.List;

/// Modules that keep things of tenants tell here what stands in the way of a tenant's deletion.
public interface TenantHoldings {
    /// Some of what the tenant still has (a hundred at most); empty if nothing.
    List<ResourceRef> of(String tenantId);
}
