// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.alert;

import io.penstock.api.Alert;
import io.penstock.api.Resource;
import io.penstock.control.resource.Page;
import io.penstock.control.resource.Reach;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// The rows of alerts and of what webhooks are to be told.
@Component
class AlertRows {
    private static final String LISTED = Reach.of("tenant_id", "cluster_id")
            + " and (:state = '' or (ended_at is null) = (:state = 'FIRING')) and (:tenant = '' or tenant_id ="
            + " :tenant)";

    private final JdbcClient jdbc;

    AlertRows(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    Optional<Alert> goingOn(String ruleId) {
        return jdbc.sql("select * from alerts where rule_id = :rule and ended_at is null")
                .param("rule", ruleId)
                .query((row, _) -> alert(row))
                .optional();
    }

    void insert(Alert alert) {
        jdbc.sql("insert into alerts (id, rule_id, tenant_id, cluster_id, value, since) values (?, ?, ?, ?, ?, ?)")
                .params(
                        alert.id(),
                        alert.ruleId(),
                        alert.tenantId(),
                        alert.clusterId(),
                        alert.value(),
                        alert.since().atOffset(ZoneOffset.UTC))
                .update();
    }

    void end(String id, Instant at) {
        jdbc.sql("update alerts set ended_at = :at where id = :id")
                .param("at", at.atOffset(ZoneOffset.UTC))
                .param("id", id)
                .update();
    }

    void forget(String ruleId) {
        jdbc.sql("delete from alerts where rule_id = :rule")
                .param("rule", ruleId)
                .update();
    }

    void forgetEndedBefore(Instant before) {
        jdbc.sql("delete from alerts where ended_at < :before")
                .param("before", before.atOffset(ZoneOffset.UTC))
                .update();
    }

    /// Newest first.
    Page<Alert> page(String reach, String state, String tenantId, Page.Request request) {
        var rows = jdbc.sql("select * from alerts where " + LISTED
                        + " and (:before = '' or id < :before) order by id desc limit :size")
                .params(Map.of("reach", reach, "state", state, "tenant", tenantId))
                .param("before", request.after())
                .param("size", request.size() + 1)
                .query((row, _) -> alert(row))
                .list();
        return Page.cut(rows, request.size(), Alert::id);
    }

    long count(String reach, String state, String tenantId) {
        return jdbc.sql("select count(*) from alerts where " + LISTED)
                .params(Map.of("reach", reach, "state", state, "tenant", tenantId))
                .query(Long.class)
                .single();
    }

    private static Alert alert(ResultSet row) throws SQLException {
        var ended = row.getObject("ended_at", OffsetDateTime.class);
        return new Alert(
                Resource.API_VERSION,
                "Alert",
                row.getString("id"),
                row.getString("rule_id"),
                row.getString("tenant_id"),
                row.getString("cluster_id"),
                ended == null ? "FIRING" : "RESOLVED",
                row.getDouble("value"),
                row.getObject("since", OffsetDateTime.class).toInstant(),
                ended == null ? null : ended.toInstant());
    }

    /// Something that a webhook is to be told.
    ///
    /// @param attempts how often it was tried
    record Delivery(long id, String webhookId, String eventId, String body, int attempts) {}

    void deliver(String webhookId, String eventId, String body, Instant at) {
        jdbc.sql("insert into webhook_deliveries (webhook_id, event_id, body, next_at)"
                        + " select id, ?, ?, ? from documents where id = ?")
                .params(eventId, body, at.atOffset(ZoneOffset.UTC), webhookId)
                .update();
    }

    /// Takes what is due, so that no other process takes it before the time that is given.
    List<Delivery> take(Instant now, Instant until, int most) {
        return jdbc.sql("""
            update webhook_deliveries d set next_at = :until, attempts = attempts + 1
            where d.id in (select id from webhook_deliveries where next_at <= :now
                order by next_at limit :most for update skip locked)
            returning id, webhook_id, event_id, body, attempts\
            """)
                .param("until", until.atOffset(ZoneOffset.UTC))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("most", most)
                .query((row, _) -> new Delivery(
                        row.getLong(1), row.getString(2), row.getString(3), row.getString(4), row.getInt(5)))
                .list();
    }

    void delivered(long id) {
        jdbc.sql("delete from webhook_deliveries where id = :id")
                .param("id", id)
                .update();
    }

    void again(long id, Instant at, String error) {
        jdbc.sql("update webhook_deliveries set next_at = :at, last_error = :error where id = :id")
                .param("at", at.atOffset(ZoneOffset.UTC))
                .param("error", error)
                .param("id", id)
                .update();
    }
}
