// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.Description;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.NewResource;
import io.penstock.control.resource.OrderedPages;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.Reach;
import io.penstock.control.resource.SortColumn;
import io.penstock.metadata.TenantLimits;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Makes, changes and removes tenants.
@Service
public class TenantService {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources();
    /// What tenants can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private final Tenants tenants;
    private final OrderedPages pages;
    private final List<TenantHoldings> holdings;
    private final IdGenerator ids;
    private final Clock clock;
    private final ApplicationEventPublisher events;

    TenantService(
            Tenants tenants,
            OrderedPages pages,
            List<TenantHoldings> holdings,
            IdGenerator ids,
            Clock clock,
            ApplicationEventPublisher events) {
        this.tenants = tenants;
        this.pages = pages;
        this.holdings = List.copyOf(holdings);
        this.ids = ids;
        this.clock = clock;
        this.events = events;
    }

    @Transactional
    public Tenant create(Caller caller, Description description, String words, TenantLimits limits) {
        caller.requireInOrganization(Permission.TENANT_MANAGE);
        refuseTakenName(description.name(), "");
        var facts = new NewResource(
                description.name(),
                description.labels(),
                description.deletionProtection(),
                caller.id(),
                clock.instant());
        return tenants.saveAndFlush(new Tenant(ids.next(IdPrefix.TENANT), facts, words, limits));
    }

    @Transactional(readOnly = true)
    public Tenant find(Caller caller, String id) {
        caller.require(Permission.TENANT_READ);
        return visible(caller, id);
    }

    @Transactional(readOnly = true)
    public Page<Tenant> list(Caller caller, Page.Request request) {
        caller.require(Permission.TENANT_READ);
        var reach = caller.reachOfTenants(Permission.TENANT_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source("tenants", "id", COLUMNS, Reach.of("id"), Map.of("reach", reach)),
                    request,
                    tenants::findByIdIn,
                    Tenant::id);
        }
        return Page.cut(tenants.page(request.after(), reach, Limit.of(request.size() + 1)), request.size(), Tenant::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller) {
        return tenants.countOf(caller.reachOfTenants(Permission.TENANT_READ));
    }

    @Transactional
    public Tenant update(
            Caller caller,
            String id,
            OptionalLong expectedVersion,
            Description description,
            String words,
            TenantLimits limits) {
        caller.requireInOrganization(Permission.TENANT_MANAGE);
        var tenant = visible(caller, id);
        requireVersion(tenant, expectedVersion);
        refuseTakenName(description.name(), id);
        tenant.redescribed(description, words, limits, clock.instant());
        var saved = tenants.saveAndFlush(tenant);
        events.publishEvent(new TenantLimitsWished(id));
        return saved;
    }

    /// Limits that a cluster brought along, for a tenant of whom nobody said any here.
    @Transactional
    public void learn(String id, TenantLimits limits) {
        tenants.findById(id).filter(tenant -> !tenant.limitsDeclared()).ifPresent(tenant -> {
            tenant.limited(limits);
            tenants.saveAndFlush(tenant);
        });
    }

    /// Every tenant, for who keeps something for all of them.
    @Transactional(readOnly = true)
    public List<Tenant> all() {
        return tenants.page("", "*", Limit.unlimited());
    }

    @Transactional
    public void delete(Caller caller, String id, OptionalLong expectedVersion) {
        caller.requireInOrganization(Permission.TENANT_MANAGE);
        var tenant = visible(caller, id);
        requireVersion(tenant, expectedVersion);
        if (tenant.deletionProtection()) {
            throw ProblemException.of(
                    ProblemCode.DELETION_PROTECTED,
                    "Tenant '" + tenant.name() + "' is protected: set metadata.deletion_protection to false first.");
        }
        List<ResourceRef> blocking =
                holdings.stream().flatMap(holding -> holding.of(id).stream()).toList();
        if (!blocking.isEmpty()) {
            throw ProblemException.notEmpty("Tenant '" + tenant.name() + "' still has clusters or buckets.", blocking);
        }
        holdings.forEach(holding -> holding.forget(id));
        tenants.delete(tenant);
    }

    private Tenant visible(Caller caller, String id) {
        return tenants.findById(id)
                .filter(tenant -> caller.sees(tenant.id()))
                .orElseThrow(() -> ProblemException.notFound("tenant", id));
    }

    private void refuseTakenName(String name, String exceptId) {
        tenants.findByName(name).filter(other -> !other.id().equals(exceptId)).ifPresent(other -> {
            throw ProblemException.alreadyExists("tenant", name, other.id());
        });
    }

    private static void requireVersion(Tenant tenant, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != tenant.version()) {
            throw ProblemException.versionConflict(tenant.version());
        }
    }
}
