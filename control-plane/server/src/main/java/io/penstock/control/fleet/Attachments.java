// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.fleet;

import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.Incarnation;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The rows of cluster attachments, and of the incarnations that brokers reported for them.
final class Attachments {

    /// An incarnation as its broker reported it.
    record Reported(String clusterId, Incarnation incarnation, String brokerId, String host, int port) {}

    private final JdbcClient jdbc;

    Attachments(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void save(ClusterAttachment cluster) {
        jdbc.sql("""
                        insert into cluster_attachments (cluster_id, fleet_id, tenant_id, bucket_id, prefix, name,
                                                         latency_profile, base_port, open_on_loopback)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (cluster_id) do update
                        set fleet_id = excluded.fleet_id, name = excluded.name,
                            latency_profile = excluded.latency_profile, base_port = excluded.base_port,
                            open_on_loopback = excluded.open_on_loopback
                        """)
                .params(
                        cluster.clusterId(),
                        cluster.fleetId(),
                        cluster.tenantId(),
                        cluster.bucketId(),
                        cluster.prefix().value(),
                        cluster.name(),
                        cluster.latencyProfile(),
                        cluster.basePort(),
                        cluster.openOnLoopback())
                .update();
    }

    void remove(String clusterId) {
        jdbc.sql("delete from cluster_attachments where cluster_id = ?")
                .param(clusterId)
                .update();
    }

    /// What brokers of the cluster show each other; empty if no fleet serves it.
    String peerSecret(String clusterId) {
        return jdbc.sql("select peer_secret from cluster_attachments where cluster_id = ?")
                .param(clusterId)
                .query(String.class)
                .optional()
                .orElse("");
    }

    List<ClusterAttachment> all() {
        return jdbc.sql("select cluster_id, tenant_id, fleet_id, bucket_id, prefix, name, latency_profile, base_port,"
                        + " open_on_loopback from cluster_attachments order by cluster_id")
                .query((row, i) -> new ClusterAttachment(
                        row.getString(1),
                        row.getString(2),
                        row.getString(3),
                        row.getString(4),
                        new ClusterPrefix(row.getString(5)),
                        row.getString(6),
                        row.getString(7),
                        row.getInt(8),
                        row.getBoolean(9)))
                .list();
    }

    void reported(Reported incarnation, Instant at) {
        jdbc.sql("insert into broker_incarnations (cluster_id, incarnation, broker_id, host, port, ready_at)"
                        + " values (?, ?, ?, ?, ?, ?) on conflict do nothing")
                .params(
                        incarnation.clusterId(),
                        incarnation.incarnation().toString(),
                        incarnation.brokerId(),
                        incarnation.host(),
                        incarnation.port(),
                        Timestamp.from(at))
                .update();
    }

    /// Incarnations of brokers whose life is not over, oldest first.
    List<Reported> reported() {
        return jdbc.sql("select i.cluster_id, i.incarnation, i.broker_id, i.host, i.port from broker_incarnations i"
                        + " join brokers b on b.id = i.broker_id where b.phase not in ('LOST', 'RETIRED')"
                        + " order by i.ready_at, i.incarnation")
                .query((row, i) -> new Reported(
                        row.getString(1),
                        Incarnation.parse(row.getString(2)),
                        row.getString(3),
                        row.getString(4),
                        row.getInt(5)))
                .list();
    }
}
