// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.tenant;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All tenants.
interface Tenants extends Repository<Tenant, String> {
    Tenant saveAndFlush(Tenant tenant);

    Optional<Tenant> findById(String id);

    List<Tenant> findByIdIn(Collection<String> ids);

    Optional<Tenant> findByName(String name);

    void delete(Tenant tenant);

    @Query("select t from Tenant t where t.id > :after and (:reach = '*' or locate(t.id, :reach) > 0) order by t.id")
    List<Tenant> page(String after, String reach, Limit limit);

    @Query("select count(t) from Tenant t where (:reach = '*' or locate(t.id, :reach) > 0)")
    long countOf(String reach);
}
