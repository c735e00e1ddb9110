// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import io.penstock.api.ProblemCode;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.cluster.Cluster;
import io.penstock.control.cluster.ClusterFilter;
import io.penstock.control.cluster.ClusterService;
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
import io.penstock.control.tenant.TenantService;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.springframework.data.domain.Limit;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/// Makes, changes and removes service accounts.
@Service
public class ServiceAccountService {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources();
    /// What service accounts can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private static final int CLUSTERS_AT_ONCE = 500;

    private final ServiceAccounts accounts;
    private final DeletedServiceAccounts deleted;
    private final TenantService tenants;
    private final ClusterService clusters;
    private final OrderedPages pages;
    private final IdGenerator ids;
    private final Clock clock;

    ServiceAccountService(
            ServiceAccounts accounts,
            DeletedServiceAccounts deleted,
            TenantService tenants,
            ClusterService clusters,
            OrderedPages pages,
            IdGenerator ids,
            Clock clock) {
        this.accounts = accounts;
        this.deleted = deleted;
        this.tenants = tenants;
        this.clusters = clusters;
        this.pages = pages;
        this.ids = ids;
        this.clock = clock;
    }

    @Transactional
    public ServiceAccount create(Caller caller, Description description, String tenantId, String words) {
        caller.require(Permission.ACCESS_MANAGE);
        var tenant = tenants.find(caller, tenantId).id();
        caller.require(Permission.ACCESS_MANAGE, new Scope.OfTenant(tenant));
        refuseTakenName(tenant, description.name(), "");
        var facts = new NewResource(
                description.name(),
                description.labels(),
                description.deletionProtection(),
                caller.id(),
                clock.instant());
        return accounts.saveAndFlush(new ServiceAccount(ids.next(IdPrefix.SERVICE_ACCOUNT), facts, tenant, words));
    }

    @Transactional(readOnly = true)
    public ServiceAccount find(Caller caller, String id) {
        caller.require(Permission.ACCESS_READ);
        return visible(caller, id);
    }

    /// @param tenantId only this tenant's; empty: all that the caller sees
    @Transactional(readOnly = true)
    public Page<ServiceAccount> list(Caller caller, String tenantId, Page.Request request) {
        caller.require(Permission.ACCESS_READ);
        var reach = caller.reachOfTenants(Permission.ACCESS_READ);
        if (!request.order().isUsual()) {
            return pages.page(
                    new Source(
                            "service_accounts",
                            "id",
                            COLUMNS,
                            "(:tenant = '' or tenant_id = :tenant) and " + Reach.of("tenant_id"),
                            Map.of("tenant", tenantId, "reach", reach)),
                    request,
                    accounts::findByIdIn,
                    ServiceAccount::id);
        }
        return Page.cut(
                accounts.page(request.after(), tenantId, reach, Limit.of(request.size() + 1)),
                request.size(),
                ServiceAccount::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, String tenantId) {
        return accounts.countOf(tenantId, caller.reachOfTenants(Permission.ACCESS_READ));
    }

    @Transactional
    public ServiceAccount update(
            Caller caller, String id, OptionalLong expectedVersion, Description description, String words) {
        caller.require(Permission.ACCESS_MANAGE);
        var account = visible(caller, id);
        caller.require(Permission.ACCESS_MANAGE, new Scope.OfTenant(account.tenantId()));
        requireVersion(account, expectedVersion);
        refuseTakenName(account.tenantId(), description.name(), id);
        account.redescribed(description, words, clock.instant());
        return accounts.saveAndFlush(account);
    }

    /// Only when no cluster that is there has a credential of it: what opens a door is taken away first. One
    /// that is restored or adopted later loses those that it still holds before it is served.
    @Transactional
    public void delete(Caller caller, String id, OptionalLong expectedVersion) {
        caller.require(Permission.ACCESS_MANAGE);
        var account = visible(caller, id);
        caller.require(Permission.ACCESS_MANAGE, new Scope.OfTenant(account.tenantId()));
        requireVersion(account, expectedVersion);
        if (account.deletionProtection()) {
            throw ProblemException.of(
                    ProblemCode.DELETION_PROTECTED,
                    "Service account '" + account.name()
                            + "' is protected: set metadata.deletion_protection to false first.");
        }
        var blocking = credentialsOf(caller, account);
        if (!blocking.isEmpty()) {
            throw ProblemException.notEmpty(
                    "Service account '" + account.name() + "' still has credentials.", blocking);
        }
        accounts.delete(account);
        deleted.add(account, clock.instant());
    }

    private List<ResourceRef> credentialsOf(Caller caller, ServiceAccount account) {
        List<ResourceRef> found = new ArrayList<>();
        var filter = new ClusterFilter(account.tenantId(), "", "", Map.of(), false);
        var after = "";
        do {
            var page = clusters.list(caller, filter, new Page.Request(after, CLUSTERS_AT_ONCE));
            page.items().forEach(cluster -> credentialsIn(cluster, account, found));
            after = page.next().orElse("");
        } while (!after.isEmpty());
        return found;
    }

    private void credentialsIn(Cluster cluster, ServiceAccount account, List<ResourceRef> found) {
        clusters.image(cluster).stream()
                .flatMap(image -> image.credentials().values().stream())
                .filter(credential -> credential.principal().equals(account.id()))
                .forEach(credential -> found.add(new ResourceRef(
                        "Credential",
                        credential.user(),
                        "/v1/clusters/" + cluster.id() + "/credentials/" + credential.user())));
    }

    private ServiceAccount visible(Caller caller, String id) {
        return accounts.findById(id)
                .filter(account -> caller.sees(account.tenantId()))
                .orElseThrow(() -> ProblemException.notFound("service account", id));
    }

    private void refuseTakenName(String tenantId, String name, String exceptId) {
        accounts.findByTenantIdAndName(tenantId, name)
                .filter(other -> !other.id().equals(exceptId))
                .ifPresent(other -> {
                    throw ProblemException.alreadyExists("service account", name, other.id());
                });
    }

    private static void requireVersion(ServiceAccount account, OptionalLong expected) {
        if (expected.isPresent() && expected.getAsLong() != account.version()) {
            throw ProblemException.versionConflict(account.version());
        }
    }
}
