// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.metalog;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.EncodedEntry;
import io.penstock.objectstore.layout.ClusterPrefix;
import io.penstock.objectstore.layout.MetaKeys;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// The rows of metalogs and their frozen, unpublished entries. Holds no rules: callers bring the transaction.
final class Outbox {

    /// Whose the cluster is, as far as this control plane knows.
    enum Attachment {
        CLAIMING,
        OWNED,
        DETACHED
    }

    /// @param nextEntry the number that the next entry takes
    /// @param storedEntry all up to this one are known to be in the bucket
    /// @param composedChecksum of entry `nextEntry` − 1
    /// @param detachedBecause empty: the cluster is ours
    record Row(
            String clusterId,
            String tenantId,
            String bucketId,
            ClusterPrefix prefix,
            int nextEntry,
            int storedEntry,
            long composedChecksum,
            Attachment attachment,
            Optional<String> detachedBecause) {
        MetaKeys keys() {
            return new MetaKeys(prefix);
        }

        boolean hasEmptyOutbox() {
            return storedEntry == nextEntry - 1;
        }

        boolean isNewest(ClusterImage image) {
            return image.number() == nextEntry - 1 && image.checksum() == composedChecksum;
        }
    }

    private static final String COLUMNS =
            "select cluster_id, tenant_id, bucket_id, prefix, next_entry, stored_entry, composed_checksum, attachment,"
                    + " detached_because from metalogs";

    private final JdbcClient jdbc;

    Outbox(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Row> row(String clusterId) {
        return read(COLUMNS + " where cluster_id = ?", clusterId);
    }

    /// Waits for the row's lock and holds it until the transaction ends.
    Optional<Row> lock(String clusterId) {
        return read(COLUMNS + " where cluster_id = ? for update", clusterId);
    }

    private Optional<Row> read(String sql, String clusterId) {
        return jdbc.sql(sql)
                .param(clusterId)
                .query((found, i) -> new Row(
                        found.getString(1),
                        found.getString(2),
                        found.getString(3),
                        new ClusterPrefix(found.getString(4)),
                        found.getInt(5),
                        found.getInt(6),
                        found.getLong(7),
                        Attachment.valueOf(found.getString(8)),
                        Optional.ofNullable(found.getString(9))))
                .optional();
    }

    /// @return whether the row was made by this call
    boolean create(String clusterId, String tenantId, String bucketId, ClusterPrefix prefix, Attachment attachment) {
        return jdbc.sql("insert into metalogs (cluster_id, tenant_id, bucket_id, prefix, attachment)"
                                + " values (?, ?, ?, ?, ?) on conflict do nothing")
                        .params(clusterId, tenantId, bucketId, prefix.value(), attachment.name())
                        .update()
                > 0;
    }

    void add(String clusterId, EncodedEntry entry) {
        jdbc.sql("insert into metalog_outbox (cluster_id, number, bytes) values (?, ?, ?)")
                .params(clusterId, entry.number(), entry.bytes())
                .update();
        jdbc.sql("update metalogs set next_entry = ?, composed_checksum = ? where cluster_id = ?")
                .params(entry.number() + 1, entry.checksum(), clusterId)
                .update();
    }

    /// Entries from this number on, in order.
    List<EncodedEntry> from(String clusterId, int number) {
        return jdbc.sql("select number, bytes from metalog_outbox where cluster_id = ? and number >= ? order by number")
                .params(clusterId, number)
                .query((found, i) -> EncodedEntry.of(found.getInt(1), found.getBytes(2)))
                .list();
    }

    /// The entry that is to be put next: the one after the last that is known to be stored, if the cluster
    /// is ours or about to be.
    Optional<Due> due(String clusterId) {
        return jdbc.sql("""
                        select m.prefix, m.bucket_id, o.number, o.bytes
                        from metalogs m join metalog_outbox o
                          on o.cluster_id = m.cluster_id and o.number = m.stored_entry + 1
                        where m.cluster_id = ? and m.attachment in ('OWNED', 'CLAIMING')
                        """)
                .param(clusterId)
                .query((found, i) -> new Due(
                        new MetaKeys(new ClusterPrefix(found.getString(1))),
                        found.getString(2),
                        EncodedEntry.of(found.getInt(3), found.getBytes(4))))
                .optional();
    }

    /// @param entry the first of the outbox
    record Due(MetaKeys keys, String bucketId, EncodedEntry entry) {}

    /// Whether the outbox holds exactly these bytes under this number.
    boolean holds(String clusterId, EncodedEntry entry) {
        return jdbc.sql("select 1 from metalog_outbox where cluster_id = ? and number = ? and bytes = ?")
                .params(clusterId, entry.number(), entry.bytes())
                .query((found, i) -> found.getInt(1))
                .optional()
                .isPresent();
    }

    /// Notes that the entry is in the bucket, but only if the outbox still holds those very bytes: the
    /// database may have been rolled back under us. The first entry of a cluster that is being claimed is
    /// our CLAIM: with it the cluster is ours.
    void noteStored(String clusterId, EncodedEntry entry) {
        int removed = jdbc.sql("delete from metalog_outbox where cluster_id = ? and number = ? and bytes = ?")
                .params(clusterId, entry.number(), entry.bytes())
                .update();
        if (removed > 0) {
            jdbc.sql("update metalogs set stored_entry = ?,"
                            + " attachment = case attachment when 'CLAIMING' then 'OWNED' else attachment end"
                            + " where cluster_id = ? and stored_entry = ?")
                    .params(entry.number(), clusterId, entry.number() - 1)
                    .update();
        }
    }

    /// Nothing of the outbox happened; the log goes on behind this image.
    void adopt(String clusterId, ClusterImage image) {
        jdbc.sql("delete from metalog_outbox where cluster_id = ?")
                .param(clusterId)
                .update();
        jdbc.sql("update metalogs set next_entry = ?, stored_entry = ?, composed_checksum = ? where cluster_id = ?")
                .params(image.number() + 1, image.number(), image.checksum(), clusterId)
                .update();
    }

    void detach(String clusterId, String reason) {
        jdbc.sql("delete from metalog_outbox where cluster_id = ?")
                .param(clusterId)
                .update();
        jdbc.sql("update metalogs set attachment = 'DETACHED', detached_because = ?, next_entry = stored_entry + 1"
                        + " where cluster_id = ?")
                .params(reason, clusterId)
                .update();
    }

    /// Nothing of the cluster stays.
    void forget(String clusterId) {
        for (String table : List.of("shards", "incarnations", "metalog_outbox", "metalogs")) {
            jdbc.sql("delete from " + table + " where cluster_id = ?")
                    .param(clusterId)
                    .update();
        }
    }

    /// Clusters that are ours, and the newest entry of each: stored, or on its way.
    Map<String, Integer> newest() {
        var newest = new TreeMap<String, Integer>();
        jdbc.sql("select cluster_id, next_entry - 1 from metalogs where attachment = 'OWNED'")
                .query(found -> {
                    newest.put(found.getString(1), found.getInt(2));
                });
        return newest;
    }

    /// The id of this control plane, drawn once per database.
    UUID controlPlane(UUID ifNone) {
        jdbc.sql("insert into control_plane_identities (id) values (?) on conflict do nothing")
                .param(ifNone)
                .update();
        return jdbc.sql("select id from control_plane_identities")
                .query((found, i) -> found.getObject(1, UUID.class))
                .single();
    }
}
