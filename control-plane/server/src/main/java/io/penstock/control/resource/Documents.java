// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// All documents. Asks nobody whether they may.
@Component
public class Documents {
    private static final Map<String, SortColumn> COLUMNS = SortColumn.ofResources();
    /// What documents can be ordered by.
    public static final Set<String> SORTABLE = COLUMNS.keySet();

    private static final String FIELDS = "id, kind, tenant_id, cluster_id, name, labels::text, deletion_protection,"
            + " spec::text, created_by, created_at, updated_at, version";
    private static final String LISTED =
            "kind = :kind and (:tenant = '' or tenant_id = :tenant) and " + Reach.of("tenant_id", "cluster_id");

    private final JdbcClient jdbc;
    private final OrderedPages pages;
    private final JsonMapper json;

    Documents(JdbcClient jdbc, OrderedPages pages, JsonMapper json) {
        this.jdbc = jdbc;
        this.pages = pages;
        this.json = json;
    }

    /// Which documents are listed.
    ///
    /// @param reach as callers have it
    /// @param tenantId only this tenant's; empty: all
    public record Query(String kind, String reach, String tenantId) {
        Map<String, Object> parameters() {
            return Map.of("kind", kind, "reach", reach, "tenant", tenantId);
        }
    }

    /// Stores one that was not there.
    ///
    /// @param secret encrypted; kept beside it and never part of it
    public void insert(Document document, Optional<byte[]> secret) {
        jdbc.sql("""
            insert into documents (id, kind, tenant_id, cluster_id, name, labels, deletion_protection, spec,
                secret, created_by, created_at, updated_at, version)
            values (:id, :kind, :tenant, :cluster, :name, cast(:labels as jsonb), :protected,
                cast(:spec as jsonb), :secret, :createdBy, :createdAt, :updatedAt, :version)\
            """)
                .params(parameters(document))
                .param("secret", secret.orElse(null))
                .update();
    }

    /// Stores a change.
    ///
    /// @return whether the stored one was of the version before
    public boolean update(Document document) {
        return jdbc.sql("""
            update documents set name = :name, labels = cast(:labels as jsonb),
                deletion_protection = :protected, spec = cast(:spec as jsonb), updated_at = :updatedAt,
                version = :version
            where id = :id and kind = :kind and version = :version - 1\
            """).params(parameters(document)).update() == 1;
    }

    public void delete(String id) {
        jdbc.sql("delete from documents where id = :id").param("id", id).update();
    }

    /// Gives it another secret.
    public void keepSecret(String id, byte[] secret) {
        jdbc.sql("update documents set secret = :secret where id = :id")
                .param("id", id)
                .param("secret", secret)
                .update();
    }

    /// Its secret, as it was kept.
    public Optional<byte[]> secret(String id) {
        return jdbc.sql("select secret from documents where id = :id and secret is not null")
                .param("id", id)
                .query(byte[].class)
                .optional();
    }

    public Optional<Document> find(String kind, String id) {
        return jdbc.sql("select " + FIELDS + " from documents where id = :id and kind = :kind")
                .param("id", id)
                .param("kind", kind)
                .query((row, _) -> document(row))
                .optional();
    }

    /// The one of that name in its tenant, or in the organization.
    public Optional<Document> named(String kind, Optional<String> tenantId, String name) {
        return jdbc.sql("select " + FIELDS + " from documents where kind = :kind and coalesce(tenant_id, '') = :tenant"
                        + " and name = :name")
                .param("kind", kind)
                .param("tenant", tenantId.orElse(""))
                .param("name", name)
                .query((row, _) -> document(row))
                .optional();
    }

    /// All whose spec has one of these texts in a field.
    public List<Document> with(String kind, String field, Collection<String> values) {
        if (values.isEmpty()) {
            return List.of();
        }
        return jdbc.sql("select " + FIELDS + " from documents where kind = '" + plain(kind) + "' and spec ->> '"
                        + plain(field) + "' in (:values) order by id")
                .param("values", values)
                .query((row, _) -> document(row))
                .list();
    }

    /// All of a kind; for those that are few.
    public List<Document> all(String kind) {
        return jdbc.sql("select " + FIELDS + " from documents where kind = :kind order by id")
                .param("kind", kind)
                .query((row, _) -> document(row))
                .list();
    }

    public Page<Document> page(Query query, Page.Request request) {
        if (!request.order().isUsual()) {
            return pages.page(
                    new OrderedPages.Source("documents", "id", COLUMNS, LISTED, query.parameters()),
                    request,
                    ids -> jdbc.sql("select " + FIELDS + " from documents where id in (:ids)")
                            .param("ids", ids.isEmpty() ? List.of("") : ids)
                            .query((row, _) -> document(row))
                            .list(),
                    Document::id);
        }
        var rows = jdbc.sql("select " + FIELDS + " from documents where " + LISTED
                        + " and id > :after order by id limit :size")
                .params(query.parameters())
                .param("after", request.after())
                .param("size", request.size() + 1)
                .query((row, _) -> document(row))
                .list();
        return Page.cut(rows, request.size(), Document::id);
    }

    public long count(Query query) {
        return jdbc.sql("select count(*) from documents where " + LISTED)
                .params(query.parameters())
                .query(Long.class)
                .single();
    }

    private Map<String, Object> parameters(Document document) {
        var parameters = new HashMap<String, Object>();
        parameters.put("id", document.id());
        parameters.put("kind", document.kind());
        parameters.put("tenant", document.tenantId().orElse(null));
        parameters.put("cluster", document.clusterId().orElse(null));
        parameters.put("name", document.name());
        parameters.put("labels", json.writeValueAsString(document.labels()));
        parameters.put("protected", document.deletionProtection());
        parameters.put("spec", json.writeValueAsString(document.spec()));
        parameters.put("createdBy", document.createdBy());
        parameters.put("createdAt", document.createdAt().atOffset(ZoneOffset.UTC));
        parameters.put("updatedAt", document.updatedAt().atOffset(ZoneOffset.UTC));
        parameters.put("version", document.version());
        return parameters;
    }

    private Document document(ResultSet row) throws SQLException {
        return new Document(
                row.getString("id"),
                row.getString("kind"),
                Optional.ofNullable(row.getString("tenant_id")),
                Optional.ofNullable(row.getString("cluster_id")),
                row.getString("name"),
                json.readValue(row.getString("labels"), new TypeReference<Map<String, String>>() {}),
                row.getBoolean("deletion_protection"),
                json.readTree(row.getString("spec")),
                row.getString("created_by"),
                row.getObject("created_at", OffsetDateTime.class).toInstant(),
                row.getObject("updated_at", OffsetDateTime.class).toInstant(),
                row.getLong("version"));
    }

    // Index conditions are compared with literals only; what comes here are names from this program.
    private static String plain(String name) {
        if (!name.matches("[A-Za-z_]+")) {
            throw new IllegalArgumentException(name);
        }
        return name;
    }
}
