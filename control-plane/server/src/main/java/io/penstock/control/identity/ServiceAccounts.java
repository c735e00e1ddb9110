// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.identity;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All service accounts.
interface ServiceAccounts extends Repository<ServiceAccount, String> {
    ServiceAccount saveAndFlush(ServiceAccount account);

    Optional<ServiceAccount> findById(String id);

    List<ServiceAccount> findByIdIn(Collection<String> ids);

    Optional<ServiceAccount> findByTenantIdAndName(String tenantId, String name);

    void delete(ServiceAccount account);

    @Query("select a from ServiceAccount a where a.id > :after and (:tenant = '' or a.tenantId = :tenant)"
            + " and (:reach = '*' or locate(a.tenantId, :reach) > 0) order by"
            + " a.id")
    List<ServiceAccount> page(String after, String tenant, String reach, Limit limit);

    @Query("select count(a) from ServiceAccount a where (:tenant = '' or a.tenantId = :tenant)"
            + " and (:reach = '*' or locate(a.tenantId, :reach) > 0)")
    long countOf(String tenant, String reach);
}
