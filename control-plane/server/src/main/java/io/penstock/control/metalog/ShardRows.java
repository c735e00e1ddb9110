// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import io.penstock.metadata.ShardTable;
import io.penstock.objectstore.layout.Incarnation;
import io.penstock.objectstore.layout.ShardId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.JdbcTemplate;

/// Copies who leads what from images into rows, for people and queries. The ordinary path and adoption share it.
final class ShardRows {
    private final JdbcTemplate jdbc;

    ShardRows(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    /// One more entry: costs what it changed.
    void project(String clusterId, ImageChange change) {
        ShardTable table = change.after().shards();
        var touched = new TreeSet<Incarnation>(change.retired());
        change.announced().forEach(endpoint -> touched.add(endpoint.incarnation()));
        if (!change.checkpointed().isEmpty() || !change.retired().isEmpty()) {
            // Both may make the image forget incarnations.
            for (Incarnation before : change.before().shards().incarnations().keySet()) {
                if (!table.incarnations().containsKey(before)) {
                    touched.add(before);
                }
            }
        }
        writeIncarnations(clusterId, table, touched);
        writeShards(clusterId, table, change.shardsAssigned());
    }

    /// Everything anew.
    void rebuild(String clusterId, ClusterImage image) {
        jdbc.update("delete from shards where cluster_id = ?", clusterId);
        jdbc.update("delete from incarnations where cluster_id = ?", clusterId);
        ShardTable table = image.shards();
        writeIncarnations(clusterId, table, table.incarnations().keySet());
        writeShards(
                clusterId,
                table,
                IntStream.range(0, table.count()).mapToObj(ShardId::new).toList());
    }

    private void writeIncarnations(String clusterId, ShardTable table, Collection<Incarnation> which) {
        List<Object[]> present = new ArrayList<>();
        List<Object[]> gone = new ArrayList<>();
        for (Incarnation incarnation : which) {
            ShardTable.Announced announced = table.incarnations().get(incarnation);
            if (announced == null) {
                gone.add(new Object[] {clusterId, incarnation.toString()});
            } else {
                present.add(new Object[] {
                    clusterId,
                    incarnation.toString(),
                    announced.endpoint().nodeId(),
                    announced.endpoint().host(),
                    announced.endpoint().port(),
                    announced.endpoint().zone().orElse(null),
                    announced.endpoint().brokerEpoch(),
                    announced.announcedAt(),
                    announced.retired()
                });
            }
        }
        if (!gone.isEmpty()) {
            jdbc.batchUpdate("delete from incarnations where cluster_id = ? and incarnation = ?", gone);
        }
        if (!present.isEmpty()) {
            jdbc.batchUpdate("""
                    insert into incarnations (cluster_id, incarnation, node_id, host, port, zone, broker_epoch,
                                              announced_at, retired)
                    values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                    on conflict (cluster_id, incarnation) do update
                    set node_id = excluded.node_id, host = excluded.host, port = excluded.port, zone = excluded.zone,
                        broker_epoch = excluded.broker_epoch, announced_at = excluded.announced_at,
                        retired = excluded.retired
                    """, present);
        }
    }

    private void writeShards(String clusterId, ShardTable table, Collection<ShardId> which) {
        List<Object[]> rows = new ArrayList<>();
        for (ShardId shard : which) {
            table.current(shard)
                    .ifPresent(tenure -> rows.add(new Object[] {
                        clusterId,
                        shard.number(),
                        tenure.epoch().number(),
                        tenure.incarnation().toString(),
                        Objects.requireNonNull(table.incarnations().get(tenure.incarnation()))
                                .endpoint()
                                .nodeId()
                    }));
        }
        if (!rows.isEmpty()) {
            jdbc.batchUpdate("""
                    insert into shards (cluster_id, shard, leader_epoch, incarnation, node_id) values (?, ?, ?, ?, ?)
                    on conflict (cluster_id, shard) do update
                    set leader_epoch = excluded.leader_epoch, incarnation = excluded.incarnation,
                        node_id = excluded.node_id
                    """, rows);
        }
    }
}
