// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.api.Phase;
import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.domain.Limit;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Modifying;
import org.springframework.data.jpa.repository.Query;
import org.springframework.data.repository.Repository;

/// All clusters, deleted ones included.
interface Clusters extends Repository<Cluster, String> {
    String FILTERED = """
        ((phase = 'DELETED') = :deleted)
          and (not :deleted or exists (
              select 1 from cluster_purges p
              where p.cluster_id = clusters.id and p.told_at is null and p.left_because is null))
          and (:tenant = '' or tenant_id = :tenant)
          and (:reach = '*' or tenant_id = any(string_to_array(:reach, ',')) or id = any(string_to_array(:reach, ',')))
          and (:fleet = '' or fleet_id = :fleet)
          and (:phase = '' or phase = :phase) and labels @> cast(:labels as jsonb)\
        """;

    Cluster saveAndFlush(Cluster cluster);

    Optional<Cluster> findById(String id);

    List<Cluster> findByIdIn(Collection<String> ids);

    // Whoever is about to change a row waits for who is changing it: a caller who sent no If-Match must not lose to
    // the reconciler.
    @Lock(LockModeType.PESSIMISTIC_WRITE)
    @Query("select c from Cluster c where c.id = :id")
    Optional<Cluster> lock(String id);

    Optional<Cluster> findByTenantIdAndNameAndPhaseNot(String tenantId, String name, Phase phase);

    // The row may have been read before in the same transaction.
    @Modifying(clearAutomatically = true)
    @Query("delete from Cluster c where c.phase = DELETED and c.id = :id")
    int forgetDeleted(String id);

    List<Cluster> findByTenantIdAndPhaseNot(String tenantId, Phase phase, Limit limit);

    List<Cluster> findByBucketIdAndPhaseNot(String bucketId, Phase phase, Limit limit);

    List<Cluster> findByFleetIdAndPhaseNot(String fleetId, Phase phase, Limit limit);

    @Modifying
    @Query("delete from Cluster c where c.phase = DELETED and (c.tenantId = :tenant or c.bucketId = :bucket)")
    int forgetDeleted(String tenant, String bucket);

    @Query("select c.id from Cluster c where c.phase in :phases order by c.id")
    List<String> idsIn(Collection<Phase> phases);

    // A tenant's row would not do: clusters of different tenants share the ports of a fleet. One lock for all.
    @Query(value = "select pg_advisory_xact_lock(hashtext('penstock.clusters.port_index')) is null", nativeQuery = true)
    Boolean lockPortIndexes();

    @Query(value = """
        select min(candidate) from (
            select 0 as candidate
            union all
            select port_index + 1 from clusters where port_index is not null) as candidates
        where not exists (select 1 from clusters where port_index = candidate)\
        """, nativeQuery = true)
    int lowestFreePortIndex();

    @Query(
            value = "select * from clusters where id > :after and " + FILTERED + " order by id limit :size",
            nativeQuery = true)
    List<Cluster> page(
            String after,
            String tenant,
            String reach,
            String fleet,
            String phase,
            String labels,
            boolean deleted,
            int size);

    @Query(value = "select count(*) from clusters where " + FILTERED, nativeQuery = true)
    long countOf(String tenant, String reach, String fleet, String phase, String labels, boolean deleted);
}
