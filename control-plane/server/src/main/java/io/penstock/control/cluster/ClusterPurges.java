// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.cluster;

import io.penstock.control.fleet.PrefixPurged;
import io.penstock.control.metalog.Metalog;
import io.penstock.control.metalog.MetalogDetachedException;
import io.penstock.objectstore.layout.ClusterPrefix;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/// Has the objects of deleted clusters removed when the time to undo a deletion is over.
///
/// The control plane touches no log (R13): it proves that the cluster is still its own, and tells a broker to
/// empty the prefix. Every step may be repeated; whoever is told and does not report is taken for lost.
@Component
class ClusterPurges {
    private static final Logger LOG = LoggerFactory.getLogger(ClusterPurges.class);
    private static final int AT_ONCE = 10;

    private final JdbcClient jdbc;
    private final Metalog metalog;
    private final ClusterHosting hosting;
    private final DeletionSettings settings;
    private final Clock clock;

    ClusterPurges(JdbcClient jdbc, Metalog metalog, ClusterHosting hosting, DeletionSettings settings, Clock clock) {
        this.jdbc = jdbc;
        this.metalog = metalog;
        this.hosting = hosting;
        this.settings = settings;
        this.clock = clock;
    }

    private record Due(String clusterId, ClusterPrefix prefix, String bucketId, String fleetId) {}

    /// Inside the transaction that deletes the cluster.
    void plan(Cluster cluster) {
        jdbc.sql("insert into cluster_purges (cluster_id, tenant_id, prefix, bucket_id, fleet_id, due_at)"
                        + " values (?, ?, ?, ?, ?, ?) on conflict do nothing")
                .params(
                        cluster.id(),
                        cluster.tenantId(),
                        cluster.prefix().value(),
                        cluster.bucketId(),
                        cluster.fleetId(),
                        at(clock.instant().plus(settings.undoWindow())))
                .update();
    }

    @Scheduled(fixedDelayString = "${penstock.clusters.purge-interval:PT1M}", initialDelayString = "PT10S")
    void look() {
        Instant now = clock.instant();
        List<Due> due = jdbc.sql("select cluster_id, prefix, bucket_id, fleet_id from cluster_purges"
                        + " where purged_at is null and left_because is null and due_at <= ?"
                        + " and (told_at is null or told_at <= ?) order by due_at limit ?")
                .params(at(now), at(now.minus(settings.tellAgain())), AT_ONCE)
                .query((row, _) -> new Due(
                        row.getString(1), new ClusterPrefix(row.getString(2)), row.getString(3), row.getString(4)))
                .list();
        due.forEach(this::purge);
    }

    private void purge(Due due) {
        try {
            metalog.prove(due.clusterId);
        } catch (MetalogDetachedException e) {
            // Another control plane has taken the prefix over since: it is theirs.
            jdbc.sql("update cluster_purges set left_because = ? where cluster_id = ?")
                    .params(String.valueOf(e.getMessage()), due.clusterId)
                    .update();
            LOG.warn("event=cluster_not_purged cluster={} cause={}", due.clusterId, e.getMessage());
            return;
        } catch (RuntimeException e) {
            LOG.warn("event=cluster_not_purged_yet cluster={} cause={}", due.clusterId, e.toString());
            return;
        }
        // First: the answer may come at once, and from here on nobody may have the cluster back.
        if (toldAt(due, at(clock.instant())) && !hosting.purge(due.clusterId, due.prefix, due.bucketId, due.fleetId)) {
            toldAt(due, null);
        }
    }

    /// @return whether it still is to be purged
    private boolean toldAt(Due due, @Nullable Timestamp at) {
        return jdbc.sql("update cluster_purges set told_at = :at where cluster_id = :cluster")
                        .param("at", at, Types.TIMESTAMP)
                        .param("cluster", due.clusterId)
                        .update()
                > 0;
    }

    /// Inside the transaction that has a deleted cluster back.
    ///
    /// @return false if a broker was told to purge it already
    boolean undo(String clusterId) {
        jdbc.sql("delete from cluster_purges where cluster_id = ? and (told_at is null or purged_at is not null)")
                .param(clusterId)
                .update();
        return jdbc.sql("select count(*) from cluster_purges where cluster_id = ?")
                        .param(clusterId)
                        .query(Integer.class)
                        .single()
                == 0;
    }

    /// Inside the transaction that restores a cluster which this control plane still holds.
    ///
    /// @return false if it is not to be purged, or a broker was told to purge it already
    boolean takeBack(String clusterId) {
        return jdbc.sql("delete from cluster_purges"
                                + " where cluster_id = ? and told_at is null and left_because is null")
                        .param(clusterId)
                        .update()
                > 0;
    }

    /// When a broker is told, unless that has happened.
    Optional<Instant> dueAt(String clusterId) {
        return jdbc.sql("select due_at from cluster_purges"
                        + " where cluster_id = ? and told_at is null and left_because is null")
                .param(clusterId)
                .query((row, _) -> row.getTimestamp(1).toInstant())
                .optional();
    }

    @EventListener
    void purged(PrefixPurged event) {
        int first = jdbc.sql("update cluster_purges set purged_at = ?, objects = ?"
                        + " where cluster_id = ? and purged_at is null and told_at is not null")
                .params(at(clock.instant()), event.objects(), event.clusterId())
                .update();
        if (first > 0) {
            metalog.forget(event.clusterId());
            LOG.info("event=cluster_purged cluster={} objects={}", event.clusterId(), event.objects());
        }
    }

    private static Timestamp at(Instant instant) {
        return Timestamp.from(instant);
    }
}
