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

    @Query("select k from ApiKey k where k.id > :after and (:reach = '*' or locate(k.tenantId, :reach) > 0) order by"
            + " k.id")
    List<ApiKey> page(String after, String reach, Limit limit);

    @Query("select count(k) from ApiKey k where (:reach = '*' or locate(k.tenantId, :reach) > 0)")
    long countIn(String reach);
}
