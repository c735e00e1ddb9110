// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.storage;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All buckets.
interface Buckets extends Repository<Bucket, String> {
    Bucket saveAndFlush(Bucket bucket);

    Optional<Bucket> findById(String id);

    List<Bucket> findByIdIn(Collection<String> ids);

    Optional<Bucket> findByName(String name);

    List<Bucket> findByTenantId(String tenantId, Limit limit);

    void delete(Bucket bucket);

    @Query("select b from Bucket b where b.id > :after and (:reach = '*' or locate(b.tenantId, :reach) > 0) order by"
            + " b.id")
    List<Bucket> page(String after, String reach, Limit limit);

    @Query("select count(b) from Bucket b where (:reach = '*' or locate(b.tenantId, :reach) > 0)")
    long countOf(String reach);

    // A tenant's own bucket before one that all may use; the oldest first.
    @Query("""
        select b from Bucket b where b.tenantId is null or b.tenantId = :tenant
        order by case when b.tenantId is null then 1 else 0 end, b.id\
        """)
    List<Bucket> usableBy(String tenant, Limit limit);
}
