// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.quotas;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.Map;

/// The budgets of the tenants whose clusters are served here. One per process; may be used from any thread.
public final class TenantBudgets {
    private final MeterRegistry registry;
    private final Map<String, TenantBudget> budgets = new HashMap<>();

    public TenantBudgets(MeterRegistry registry) {
        this.registry = registry;
    }

    /// The tenant's budget, shared by all its clusters. Every call is to be followed by [#release].
    synchronized TenantBudget of(String tenantId) {
        TenantBudget budget = budgets.computeIfAbsent(tenantId, id -> new TenantBudget(id, registry));
        budget.users++;
        return budget;
    }

    /// The cluster is not served here any more; the tenant's last one takes the budget with it.
    synchronized void release(TenantBudget budget, String clusterId) {
        budget.forget(clusterId);
        if (--budget.users == 0) {
            budgets.remove(budget.tenantId());
            budget.close();
        }
    }
}
