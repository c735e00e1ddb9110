// SPDX-License-Identifier: Apache-2.0
package io.penstock.control.resource;

import java.util.Map;
import java.util.TreeMap;

/// A column that lists may be ordered by. Never null in any row.
///
/// @param type its PostgreSQL type
public record SortColumn(String name, String type) {
    public static SortColumn text(String name) {
        return new SortColumn(name, "text");
    }

    public static SortColumn number(String name) {
        return new SortColumn(name, "bigint");
    }

    public static SortColumn time(String name) {
        return new SortColumn(name, "timestamptz");
    }

    /// What every resource can be ordered by, and more.
    public static Map<String, SortColumn> ofResources(SortColumn... more) {
        var columns = new TreeMap<String, SortColumn>();
        columns.put("name", text("name"));
        columns.put("created_at", time("created_at"));
        columns.put("updated_at", time("updated_at"));
        for (SortColumn column : more) {
            columns.put(column.name, column);
        }
        return columns;
    }

    /// Text in the order of its bytes, so that the database's language changes nothing.
    String sql() {
        return type.equals("text") ? name + " collate \"C\"" : name;
    }
}
