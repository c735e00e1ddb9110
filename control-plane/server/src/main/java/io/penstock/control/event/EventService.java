// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.event;

import io.penstock.api.Change;
import io.penstock.api.Event;
import io.penstock.api.ResourceRef;
import io.penstock.control.access.Caller;
import io.penstock.control.access.Permission;
import io.penstock.control.access.Scope;
import io.penstock.control.problem.ProblemException;
import io.penstock.control.resource.IdGenerator;
import io.penstock.control.resource.IdPrefix;
import io.penstock.control.resource.Page;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/// Takes events, lists them, and reads on from where a follower is.
@Service
public class EventService {
    /// What the types of events begin with that say what somebody did.
    public static final String AUDIT = "audit.";

    private static final Duration KEPT = Duration.ofDays(90);
    private static final String FIELDS = "id, at, type, resource_href, resource_id, data::text";
    private static final String VISIBLE = """
        (not starts_with(type, 'audit.') and (:events = '*' or tenant_id = any(string_to_array(:events, ','))
              or cluster_id = any(string_to_array(:events, ',')))
          or starts_with(type, 'audit.') and (:audit = '*' or tenant_id = any(string_to_array(:audit, ','))
              or cluster_id = any(string_to_array(:audit, ','))))\
        """;

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final IdGenerator ids;
    private final Clock clock;

    EventService(JdbcClient jdbc, JsonMapper json, IdGenerator ids, Clock clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
        this.clock = clock;
    }

    /// Something that happened.
    ///
    /// @param place whose it is
    public record Happening(String type, Scope place, ResourceRef resource, Map<String, String> facts) {}

    /// Something that somebody did, or tried.
    ///
    /// @param type without the `audit.`
    /// @param outcome SUCCEEDED or DENIED
    public record Deed(
            String type,
            Scope place,
            ResourceRef resource,
            String actor,
            String actorName,
            String outcome,
            String requestId,
            String address,
            String userAgent,
            List<Change> changes) {}

    /// Where a follower is.
    public record Position(long transaction, long sequence) {}

    /// What follows a position, and the position after it.
    public record Following(List<Event> events, Position position) {}

    /// Notes it in the caller's transaction, if there is one.
    @Transactional
    public void happened(Happening event) {
        insert(
                event.type(),
                event.place(),
                new Event.Data(
                        Caller.SYSTEM.id(),
                        null,
                        null,
                        event.resource(),
                        event.place().tenant().orElse(null),
                        event.place().cluster().orElse(null),
                        null,
                        null,
                        null,
                        null,
                        event.facts().isEmpty() ? null : event.facts()));
    }

    /// Notes what somebody did.
    @Transactional
    public void done(Deed deed) {
        insert(
                AUDIT + deed.type(),
                deed.place(),
                new Event.Data(
                        deed.actor(),
                        deed.actorName(),
                        deed.outcome(),
                        deed.resource(),
                        deed.place().tenant().orElse(null),
                        deed.place().cluster().orElse(null),
                        deed.requestId(),
                        deed.address(),
                        deed.userAgent(),
                        deed.changes(),
                        null));
    }

    private void insert(String type, Scope place, Event.Data data) {
        jdbc.sql("""
            insert into events (id, at, type, tenant_id, cluster_id, actor, resource_kind, resource_id,
                resource_href, data)
            values (:id, :at, :type, :tenant, :cluster, :actor, :kind, :resource, :href, cast(:data as jsonb))\
            """)
                .param("id", ids.next(IdPrefix.EVENT))
                .param("at", clock.instant().atOffset(ZoneOffset.UTC))
                .param("type", type)
                .param("tenant", place.tenant().orElse(null))
                .param("cluster", place.cluster().orElse(null))
                .param("actor", data.actor())
                .param("kind", data.resource().kind())
                .param("resource", data.resource().id())
                .param("href", data.resource().href())
                .param("data", json.writeValueAsString(data))
                .update();
    }

    /// Newest first.
    @Transactional(readOnly = true)
    public Page<Event> list(Caller caller, EventFilter filter, Page.Request request) {
        caller.require(Permission.EVENT_READ);
        var rows = jdbc.sql("select " + FIELDS + " from events where " + VISIBLE + " and " + EventFilter.CONDITION
                        + " and (:before = '' or id < :before) order by id desc limit :size")
                .params(parameters(caller, filter))
                .param("before", request.after())
                .param("size", request.size() + 1)
                .query((row, _) -> event(row))
                .list();
        return Page.cut(rows, request.size(), Event::id);
    }

    @Transactional(readOnly = true)
    public long count(Caller caller, EventFilter filter) {
        return jdbc.sql("select count(*) from events where " + VISIBLE + " and " + EventFilter.CONDITION)
                .params(parameters(caller, filter))
                .query(Long.class)
                .single();
    }

    /// Where a follower begins: behind the event that it saw last, or with what happens from now on.
    @Transactional(readOnly = true)
    public Position position(Caller caller, @Nullable String lastEventId) {
        caller.require(Permission.EVENT_READ);
        if (lastEventId == null) {
            return jdbc.sql("select pg_snapshot_xmin(pg_current_snapshot())::text::bigint")
                    .query((row, _) -> new Position(row.getLong(1) - 1, Long.MAX_VALUE))
                    .single();
        }
        return jdbc.sql("select transaction, sequence from events where id = :id and " + VISIBLE)
                .param("id", lastEventId)
                .params(reach(caller))
                .query((row, _) -> new Position(row.getLong(1), row.getLong(2)))
                .optional()
                .orElseThrow(() -> ProblemException.notFound("event", lastEventId));
    }

    /// What happened behind a position, in the order in which it became visible; none is left out.
    @Transactional(readOnly = true)
    public Following following(Caller caller, EventFilter filter, Position position, int most) {
        record Row(Event event, Position position) {}
        var rows = jdbc.sql("select " + FIELDS + ", transaction, sequence from events where " + VISIBLE + " and "
                        + EventFilter.CONDITION
                        + " and (transaction, sequence) > (:transaction, :sequence)"
                        + " and transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
                        + " order by transaction, sequence limit :size")
                .params(parameters(caller, filter))
                .param("transaction", position.transaction())
                .param("sequence", position.sequence())
                .param("size", most)
                .query((row, _) ->
                        new Row(event(row), new Position(row.getLong("transaction"), row.getLong("sequence"))))
                .list();
        return new Following(
                rows.stream().map(Row::event).toList(),
                rows.isEmpty() ? position : rows.getLast().position());
    }

    @Scheduled(fixedDelayString = "PT1H", initialDelayString = "PT7M")
    @Transactional
    public void forgetOldOnes() {
        jdbc.sql("delete from events where at < :before")
                .param("before", clock.instant().minus(KEPT).atOffset(ZoneOffset.UTC))
                .update();
    }

    private static Map<String, Object> parameters(Caller caller, EventFilter filter) {
        var parameters = filter.parameters();
        parameters.putAll(reach(caller));
        return parameters;
    }

    private static Map<String, Object> reach(Caller caller) {
        var reach = new HashMap<String, Object>();
        reach.put("events", caller.reach(Permission.EVENT_READ));
        reach.put("audit", caller.reach(Permission.AUDIT_READ));
        return reach;
    }

    private Event event(ResultSet row) throws SQLException {
        return new Event(
                Event.SPEC_VERSION,
                row.getString("id"),
                row.getString("resource_href"),
                row.getString("type"),
                row.getString("resource_id"),
                row.getObject("at", OffsetDateTime.class).toInstant(),
                "application/json",
                json.readValue(row.getString("data"), Event.Data.class));
    }
}
