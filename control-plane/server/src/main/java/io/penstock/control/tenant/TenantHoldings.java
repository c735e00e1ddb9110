// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import io.penstock.api.ResourceRef;
import java.util.List;

/// Modules that keep things of tenants tell here what stands in the way of a tenant's deletion.
public interface TenantHoldings {
    /// Some of what the tenant still has (a hundred at most); empty if nothing.
    List<ResourceRef> of(String tenantId);

    /// The tenant goes: removes what is only remembered of things that were its own. Inside the transaction of the
    /// deletion, after everybody said that nothing stands in the way.
    default void forget(String tenantId) {}
}
