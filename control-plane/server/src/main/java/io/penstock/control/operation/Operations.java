// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.operation;

import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All operations of the last 30 days.
interface Operations extends Repository<OperationRecord, String> {
    OperationRecord saveAndFlush(OperationRecord operation);

    Optional<OperationRecord> findById(String id);

    List<OperationRecord> findByIdIn(Collection<String> ids);

    List<OperationRecord> findByTypeInAndFinishedAtIsNullOrderById(Collection<String> types);

    Optional<OperationRecord> findFirstByTypeAndResourceIdOrderByIdDesc(String type, String resourceId);

    // The driver and a caller may have something to note at the same moment.
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select o from OperationRecord o where o.id = :id")
    Optional<OperationRecord> lock(String id);

    // Newest first: the page goes down from `before` (ids grow with time).
    @Query("""
        select o from OperationRecord o
        where (:before = '' or o.id < :before) and (:reach = '*' or locate(o.tenantId, :reach) > 0 or locate(o.resourceId, :reach) > 0)
          and (:resource = '' or o.resourceId = :resource) and (:state = '' or cast(o.state as string) = :state)
        order by o.id desc\
        """)
    List<OperationRecord> page(String before, String reach, String resource, String state, Limit limit);

    @Query("""
        select count(o) from OperationRecord o
        where (:reach = '*' or locate(o.tenantId, :reach) > 0 or locate(o.resourceId, :reach) > 0)
          and (:resource = '' or o.resourceId = :resource) and (:state = '' or cast(o.state as string) = :state)\
        """)
    long countOf(String reach, String resource, String state);

    @Modifying
    @Query("delete from OperationRecord o where o.finishedAt < :before")
    int forgetEndedBefore(Instant before);
}
