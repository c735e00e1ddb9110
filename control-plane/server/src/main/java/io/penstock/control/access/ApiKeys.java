// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.access;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All API keys.
interface ApiKeys extends Repository<ApiKey, String> {
    ApiKey save(ApiKey key);

    ApiKey saveAndFlush(ApiKey key);

    Optional<ApiKey> findById(String id);

    List<ApiKey> findByIdIn(Collection<String> ids);

    void delete(ApiKey key);

    long count();

    @Query("select k from ApiKey k where k.id > :after and (:tenant = '' or k.tenantId = :tenant) order by k.id")
    List<ApiKey> page(String after, String tenant, Limit limit);

    @Query("select count(k) from ApiKey k where (:tenant = '' or k.tenantId = :tenant)")
    long countIn(String tenant);
}
