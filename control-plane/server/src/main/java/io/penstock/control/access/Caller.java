// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import io.penstock.control.problem.ProblemException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Who asks, and what they may do where. Everything that is refused for want of a permission is refused here.
///
/// @param id of the credential's owner, noted in what they make
/// @param name for people; the id if there is none
public record Caller(String id, String name, List<Grant> grants) {
    /// What [#reach] says of who reaches everything.
    public static final String EVERYTHING = "*";

    /// The control plane itself, for what it does on nobody's behalf.
    public static final Caller SYSTEM =
            new Caller("system", "system", List.of(Grant.of(Role.ORG_ADMIN, new Scope.Organization())));

    public Caller {
        grants = List.copyOf(grants);
    }

    /// A permission that the caller has somewhere. What it is used on must be asked for as well.
    public void require(Permission permission) {
        if (grants.stream().noneMatch(grant -> grant.allows(permission))) {
            throw ProblemException.permissionDenied(permission.text());
        }
    }

    /// A permission that counts in that place.
    public void require(Permission permission, Scope where) {
        if (!may(permission, where)) {
            require(permission);
            throw ProblemException.permissionDenied(permission.text() + " " + where.words());
        }
    }

    /// A permission that counts for the whole organization only.
    public void requireInOrganization(Permission permission) {
        require(permission, new Scope.Organization());
    }

    public boolean may(Permission permission, Scope where) {
        return grants.stream().anyMatch(grant -> grant.allows(permission, where));
    }

    /// Whether anything of the tenant is there for the caller.
    public boolean sees(String tenantId) {
        return grants.stream()
                .anyMatch(grant -> grant.scope().tenant().map(tenantId::equals).orElse(true));
    }

    /// Whether the cluster is there for the caller.
    public boolean sees(String tenantId, String clusterId) {
        var cluster = new Scope.OfCluster(tenantId, clusterId);
        return grants.stream().anyMatch(grant -> grant.scope().covers(cluster));
    }

    /// Whether the caller sees all tenants.
    public boolean isOfOrganization() {
        return grants.stream().anyMatch(grant -> grant.scope() instanceof Scope.Organization);
    }

    /// Whether the permission holds for something that is this tenant's, or for the organization's if it is
    /// nobody's.
    public boolean may(Permission permission, Optional<String> tenantId) {
        return may(permission, Scope.of(tenantId, Optional.empty()));
    }

    /// What lists are cut down to: [#EVERYTHING], or the ids of tenants and of clusters in which the
    /// permission holds,
    /// with commas between them; ids are of one length each, so that none is part of another.
    public String reach(Permission permission) {
        return reach(permission, false);
    }

    /// As [#reach], for things that a cluster shares with its tenant: tenants' ids only.
    public String reachOfTenants(Permission permission) {
        return reach(permission, true);
    }

    private String reach(Permission permission, boolean ofTenants) {
        Set<String> ids = new TreeSet<>();
        for (Grant grant : grants) {
            if (!grant.allows(permission)) {
                continue;
            }
            switch (grant.scope()) {
                case Scope.Organization() -> {
                    return EVERYTHING;
                }
                case Scope.OfTenant(String tenantId) -> ids.add(tenantId);
                case Scope.OfCluster(String tenantId, String clusterId) -> ids.add(ofTenants ? tenantId : clusterId);
            }
        }
        return ids.stream().collect(Collectors.joining(","));
    }

    /// The tenant that is meant where none was named: the only one that the caller has to do with.
    public Optional<String> onlyTenant() {
        Set<Optional<String>> tenants =
                grants.stream().map(grant -> grant.scope().tenant()).collect(Collectors.toSet());
        return tenants.size() == 1 ? tenants.iterator().next() : Optional.empty();
    }
}
