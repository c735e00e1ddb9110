// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.control.metalog.EntryComposed;
import io.penstock.control.metalog.ImageAdopted;
import io.penstock.control.resource.OrderedPages.Source;
import io.penstock.control.resource.SortColumn;
import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.ImageChange;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.internals.Topic;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The copy of what the image says about topics that can be listed and searched. Written in the transaction that
/// composes the entry; nothing is ever decided by it.
@Component
class TopicRows {
    /// What topics can be ordered by.
    static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources(SortColumn.number("partitions"));

    private static final String FILTERED =
            "cluster_id = :cluster and (:internal or not internal) and name like :prefix";

    private static final int BATCH = 1000;
    private static final TypeReference<java.util.Map<String, String>> CONFIGS = new TypeReference<>() {};

    private final JdbcTemplate batches;
    private final JdbcClient database;
    private final DeletedTopicRows deletedRows;
    private final JsonMapper json;
    private final Clock clock;

    TopicRows(JdbcTemplate batches, JdbcClient database, DeletedTopicRows deletedRows, JsonMapper json, Clock clock) {
        this.batches = batches;
        this.database = database;
        this.deletedRows = deletedRows;
        this.json = json;
        this.clock = clock;
    }

    @EventListener
    void composed(EntryComposed event) {
        project(event.clusterId(), event.change());
    }

    @EventListener
    void adopted(ImageAdopted event) {
        database.sql("delete from topics where cluster_id = :cluster")
                .param("cluster", event.clusterId())
                .update();
        var image = event.image();
        upsert(event.clusterId(), image, image.kafka().topics().topicsById().keySet());
        image.dropping().forEach((id, topic) -> {
            if (!topic.name().isEmpty()) {
                insertDropping(event.clusterId(), image, id, topic.name(), topic.partitions());
            }
        });
        image.restorable().forEach((id, topic) -> {
            if (topic.nameTaken()) {
                insertDropping(event.clusterId(), image, id, topic.name(), topic.partitions());
            }
        });
        deletedRows.replaceAll(event.clusterId(), image);
    }

    private void project(String clusterId, ImageChange change) {
        if (change.isVoid()) {
            return;
        }
        var image = change.after();
        Set<Uuid> touched = new LinkedHashSet<>(change.topicsCreated());
        touched.addAll(change.topicsGrown());
        for (var resource : change.configsChanged()) {
            if (resource.type() == ConfigResource.Type.TOPIC) {
                image.topicId(resource.name()).ifPresent(touched::add);
            }
        }
        upsert(clusterId, image, touched);
        for (var id : change.topicsDeleted().keySet()) {
            database.sql("""
                            update topics set dropping = true, changed_entry = :entry, updated_at = :now
                            where cluster_id = :cluster and topic_id = :id""")
                    .param("entry", image.number())
                    .param("now", Timestamp.from(clock.instant()))
                    .param("cluster", clusterId)
                    .param("id", uuid(id))
                    .update();
        }
        for (var id : change.topicsDropped()) {
            database.sql("delete from topics where cluster_id = :cluster and topic_id = :id")
                    .param("cluster", clusterId)
                    .param("id", uuid(id))
                    .update();
        }
        deletedRows.project(clusterId, image, change.topicsDeleted().keySet());
        deletedRows.project(clusterId, image, change.topicsDropped());
        deletedRows.project(
                clusterId,
                image,
                change.topicsCreated().stream()
                        .filter(change.before().restorable()::containsKey)
                        .toList());
    }

    private void upsert(String clusterId, ClusterImage image, Collection<Uuid> ids) {
        var now = Timestamp.from(clock.instant());
        batches.batchUpdate(
                """
                insert into topics (cluster_id, topic_id, name, partitions, replication_factor, internal, configs,
                                    created_entry, changed_entry, created_at, updated_at)
                values (?, ?, ?, ?, ?, ?, ?::jsonb, ?, ?, ?, ?)
                on conflict (cluster_id, topic_id) do update
                set partitions = excluded.partitions, configs = excluded.configs, dropping = false,
                    changed_entry = excluded.changed_entry, updated_at = excluded.updated_at""", List.copyOf(ids), BATCH, (PreparedStatement row, Uuid id) -> fill(row, clusterId, image, id, now));
    }

    private void fill(PreparedStatement row, String clusterId, ClusterImage image, Uuid id, Timestamp now)
            throws SQLException {
        var name = image.topicName(id).orElseThrow();
        var configs = image.configs(new ConfigResource(ConfigResource.Type.TOPIC, name));
        row.setString(1, clusterId);
        row.setObject(2, uuid(id));
        row.setString(3, name);
        row.setInt(4, image.partitions(id).orElseThrow());
        row.setInt(5, image.replicationFactor(id).orElse(1));
        row.setBoolean(6, Topic.isInternal(name));
        row.setString(7, json.writeValueAsString(configs));
        row.setInt(8, image.number());
        row.setInt(9, image.number());
        row.setTimestamp(10, now);
        row.setTimestamp(11, now);
    }

    private void insertDropping(String clusterId, ClusterImage image, Uuid id, String name, int partitions) {
        database.sql("""
                        insert into topics (cluster_id, topic_id, name, partitions, replication_factor, internal,
                                            created_entry, changed_entry, created_at, updated_at, dropping)
                        values (:cluster, :id, :name, :partitions, 1, false, :entry, :entry, :now, :now, true)""")
                .param("cluster", clusterId)
                .param("id", uuid(id))
                .param("name", name)
                .param("partitions", partitions)
                .param("entry", image.number())
                .param("now", Timestamp.from(clock.instant()))
                .update();
    }

    List<TopicView> page(String clusterId, TopicFilter filter, String after, int limit) {
        return database.sql("""
                        select * from topics
                        where cluster_id = :cluster and name collate "C" > :after
                          and (:internal or not internal) and name like :prefix
                        order by name collate "C" limit :limit""")
                .param("cluster", clusterId)
                .param("after", after)
                .param("internal", filter.internal())
                .param("prefix", pattern(filter.prefix()))
                .param("limit", limit)
                .query((row, _) -> view(row))
                .list();
    }

    static Source source(String clusterId, TopicFilter filter) {
        return new Source("topics", "name", COLUMNS, FILTERED, parameters(clusterId, filter));
    }

    private static Map<String, Object> parameters(String clusterId, TopicFilter filter) {
        return Map.of("cluster", clusterId, "internal", filter.internal(), "prefix", pattern(filter.prefix()));
    }

    List<TopicView> named(String clusterId, Collection<String> names) {
        return names.isEmpty()
                ? List.of()
                : database.sql("select * from topics where cluster_id = :cluster and name in (:names)")
                        .param("cluster", clusterId)
                        .param("names", names)
                        .query((row, _) -> view(row))
                        .list();
    }

    long count(String clusterId, TopicFilter filter) {
        return database.sql("select count(*) from topics where " + FILTERED)
                .params(parameters(clusterId, filter))
                .query(Long.class)
                .single();
    }

    Optional<TopicView> find(String clusterId, String name) {
        return database.sql("select * from topics where cluster_id = :cluster and name = :name")
                .param("cluster", clusterId)
                .param("name", name)
                .query((row, _) -> view(row))
                .optional();
    }

    static String pattern(String prefix) {
        return prefix.replace("\\", "\\\\").replace("_", "\\_").replace("%", "\\%") + "%";
    }

    private TopicView view(java.sql.ResultSet row) throws SQLException {
        return new TopicView(
                kafkaUuid(row.getObject("topic_id", UUID.class)),
                row.getString("name"),
                row.getInt("partitions"),
                row.getInt("replication_factor"),
                row.getBoolean("internal"),
                json.readValue(row.getString("configs"), CONFIGS),
                row.getBoolean("dropping"),
                row.getInt("created_entry"),
                row.getInt("changed_entry"),
                instant(row, "created_at"),
                instant(row, "updated_at"));
    }

    static Instant instant(java.sql.ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    static Uuid kafkaUuid(UUID id) {
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }
}
