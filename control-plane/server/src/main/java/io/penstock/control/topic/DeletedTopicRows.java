// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.topic;

import io.penstock.metadata.ClusterImage;
import io.penstock.metadata.DeletedTopic;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.common.Uuid;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The copy of what the image says about deleted topics that can be restored. Nothing is ever decided by it.
@Component
class DeletedTopicRows {
    private static final TypeReference<Map<String, String>> CONFIGS = new TypeReference<>() {};

    private final JdbcClient database;
    private final TopicSettings settings;
    private final JsonMapper json;

    DeletedTopicRows(JdbcClient database, TopicSettings settings, JsonMapper json) {
        this.database = database;
        this.settings = settings;
        this.json = json;
    }

    /// Makes the rows of these topics what the image says. To be called after the rows of living topics were written:
    /// a restored one gets back when it was made.
    void project(String clusterId, ClusterImage image, Iterable<Uuid> ids) {
        for (var id : ids) {
            var topic = image.restorable().get(id);
            if (topic != null) {
                insert(clusterId, id, topic);
            } else {
                restoreAge(clusterId, id);
                delete(clusterId, id);
            }
        }
    }

    void replaceAll(String clusterId, ClusterImage image) {
        database.sql("delete from deleted_topics where cluster_id = :cluster")
                .param("cluster", clusterId)
                .update();
        image.restorable().forEach((id, topic) -> insert(clusterId, id, topic));
    }

    private void insert(String clusterId, Uuid id, DeletedTopic topic) {
        database.sql("""
                        insert into deleted_topics (cluster_id, topic_id, name, partitions, replication_factor,
                                                    configs, created_entry, created_at, deleted_entry, deleted_at)
                        values (:cluster, :id, :name, :partitions, :factor, :configs::jsonb,
                                coalesce((select created_entry from topics
                                          where cluster_id = :cluster and topic_id = :id), :entry),
                                coalesce((select created_at from topics
                                          where cluster_id = :cluster and topic_id = :id), :at),
                                :entry, :at)
                        on conflict do nothing""")
                .param("cluster", clusterId)
                .param("id", TopicRows.uuid(id))
                .param("name", topic.name())
                .param("partitions", topic.partitions())
                .param("factor", topic.replicationFactor())
                .param("configs", json.writeValueAsString(topic.configs()))
                .param("entry", topic.deletedEntry())
                .param("at", new Timestamp(topic.deletedAtMillis()))
                .update();
    }

    private void restoreAge(String clusterId, Uuid id) {
        database.sql("""
                        update topics t set created_entry = d.created_entry, created_at = d.created_at
                        from deleted_topics d
                        where t.cluster_id = :cluster and t.topic_id = :id
                          and d.cluster_id = t.cluster_id and d.topic_id = t.topic_id""")
                .param("cluster", clusterId)
                .param("id", TopicRows.uuid(id))
                .update();
    }

    private void delete(String clusterId, Uuid id) {
        database.sql("delete from deleted_topics where cluster_id = :cluster and topic_id = :id")
                .param("cluster", clusterId)
                .param("id", TopicRows.uuid(id))
                .update();
    }

    /// Clusters that have topics whose time to be restored is over.
    List<String> clustersToPurge(Instant now) {
        return database.sql("select distinct cluster_id from deleted_topics where deleted_at <= :until")
                .param("until", Timestamp.from(now.minus(settings.undoWindow())))
                .query(String.class)
                .list();
    }

    /// @param after a [DeletedTopicView#sortKey()]
    List<DeletedTopicView> page(String clusterId, String prefix, String after, int limit) {
        return database.sql("""
                        select * from deleted_topics
                        where cluster_id = :cluster and name like :prefix
                          and (name || '/' || topic_id) collate "C" > :after
                        order by (name || '/' || topic_id) collate "C" limit :limit""")
                .param("cluster", clusterId)
                .param("prefix", TopicRows.pattern(prefix))
                .param("after", after)
                .param("limit", limit)
                .query((row, _) -> view(row))
                .list();
    }

    long count(String clusterId, String prefix) {
        return database.sql("select count(*) from deleted_topics where cluster_id = :cluster and name like :prefix")
                .param("cluster", clusterId)
                .param("prefix", TopicRows.pattern(prefix))
                .query(Long.class)
                .single();
    }

    private DeletedTopicView view(ResultSet row) throws SQLException {
        var deletedAt = TopicRows.instant(row, "deleted_at");
        return new DeletedTopicView(
                TopicRows.kafkaUuid(row.getObject("topic_id", UUID.class)),
                row.getString("name"),
                row.getInt("partitions"),
                row.getInt("replication_factor"),
                json.readValue(row.getString("configs"), CONFIGS),
                row.getInt("created_entry"),
                TopicRows.instant(row, "created_at"),
                row.getInt("deleted_entry"),
                deletedAt,
                deletedAt.plus(settings.undoWindow()));
    }
}
