// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/// Pages of lists in an order that the caller chose.
///
/// A page starts strictly behind the last row of the one before, as that row was when it was read: rows that
/// come and go meanwhile neither repeat nor hide others.
@Component
public final class OrderedPages {
    private final JdbcClient jdbc;

    OrderedPages(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /// What is listed.
    ///
    /// @param key the column that tells rows apart within the list
    /// @param where a condition with named parameters
    /// @param columns what it can be ordered by, under the API's names
    public record Source(
            String table, String key, Map<String, SortColumn> columns, String where, Map<String, ?> parameters) {}

    /// @param load rows by key, in any order; some may have gone meanwhile
    public <T> Page<T> page(
            Source source,
            Page.Request request,
            Function<Collection<String>, List<T>> load,
            Function<T, String> keyOf) {
        List<SortColumn> order = request.order().keys().stream()
                .map(key -> Objects.requireNonNull(source.columns().get(key.field()), key.field()))
                .toList();
        Page<Row> page = Page.cut(rows(source, request, order), request.size(), Row::cursor);
        Map<String, T> found = load.apply(page.items().stream().map(Row::key).toList()).stream()
                .collect(Collectors.toMap(keyOf, Function.identity()));
        return new Page<>(
                page.items().stream()
                        .map(row -> found.get(row.key))
                        .filter(Objects::nonNull)
                        .toList(),
                page.next());
    }

    private record Row(List<String> values, String key) {
        String cursor() {
            var parts = new ArrayList<>(values);
            parts.add(key);
            return parts.stream()
                    .map(part -> Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(part.getBytes(StandardCharsets.UTF_8)))
                    .collect(Collectors.joining("."));
        }
    }

    private List<Row> rows(Source source, Page.Request request, List<SortColumn> order) {
        var key = SortColumn.text(source.key());
        var columns = new ArrayList<>(order);
        columns.add(key);
        var descending = new ArrayList<>(
                request.order().keys().stream().map(Ordering.Key::descending).toList());
        descending.add(false);
        var parameters = new HashMap<String, Object>(source.parameters());
        var sql = new StringBuilder("select ")
                .append(columns.stream()
                        .map(column -> "(" + column.name() + ")::text")
                        .collect(Collectors.joining(", ")))
                .append(" from ")
                .append(source.table())
                .append(" where (")
                .append(source.where())
                .append(')');
        if (!request.after().isEmpty()) {
            sql.append(" and (")
                    .append(behind(request.after(), columns, descending, parameters))
                    .append(')');
        }
        sql.append(" order by ");
        for (int i = 0; i < columns.size(); i++) {
            sql.append(i == 0 ? "" : ", ").append(columns.get(i).sql()).append(descending.get(i) ? " desc" : "");
        }
        sql.append(" limit ").append(request.size() + 1);
        return jdbc.sql(sql.toString())
                .params(parameters)
                .query((row, _) -> {
                    var values = new ArrayList<String>();
                    for (int i = 1; i <= order.size(); i++) {
                        values.add(row.getString(i));
                    }
                    return new Row(values, row.getString(order.size() + 1));
                })
                .list();
    }

    /// `a > :a or (a = :a and b > :b) or …`, with the directions that were asked for.
    private static String behind(
            String cursor, List<SortColumn> columns, List<Boolean> descending, Map<String, Object> parameters) {
        String[] parts = cursor.split("\\.", -1);
        if (parts.length != columns.size()) {
            throw new IllegalArgumentException("a cursor of another order");
        }
        var alternatives = new ArrayList<String>();
        var equal = new StringBuilder();
        for (int i = 0; i < parts.length; i++) {
            SortColumn column = columns.get(i);
            parameters.put("behind" + i, new String(Base64.getUrlDecoder().decode(parts[i]), StandardCharsets.UTF_8));
            String value = "cast(:behind" + i + " as " + column.type() + ")";
            alternatives.add(equal + column.sql() + (descending.get(i) ? " < " : " > ") + value);
            equal.append(column.sql()).append(" = ").append(value).append(" and ");
        }
        return String.join(" or ", alternatives);
    }
}
