// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.client;

import java.util.ArrayList;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/// How answers are written.
enum Output {
    /// For people: one line each.
    TABLE,
    /// For programs: the API's envelopes.
    JSON,
    /// The same for files.
    YAML;

    /// @param one whether one thing was asked for by name, rather than a list
    String of(Kind kind, List<JsonNode> found, boolean one) {
        return switch (this) {
            case TABLE -> table(kind, found);
            case JSON -> tree(found, one).toPrettyString();
            case YAML -> yaml(tree(found, one));
        };
    }

    private static JsonNode tree(List<JsonNode> found, boolean one) {
        return one ? found.getFirst() : ControlPlane.JSON.createArrayNode().addAll(found);
    }

    static String yaml(JsonNode tree) {
        var options = new DumperOptions();
        options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
        return new Yaml(options)
                .dump(ControlPlane.JSON.treeToValue(tree, Object.class))
                .stripTrailing();
    }

    private static String table(Kind kind, List<JsonNode> found) {
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("ID", "NAME", "PHASE"));
        kind.columns().forEach(column -> headings.add(column.heading()));
        rows.add(headings);
        for (var one : found) {
            List<String> row =
                    new ArrayList<>(List.of(cell(one, "/id"), cell(one, "/metadata/name"), cell(one, "/status/phase")));
            kind.columns().forEach(column -> row.add(cell(one, column.pointer())));
            rows.add(row);
        }
        return aligned(rows);
    }

    private static String cell(JsonNode one, String pointer) {
        var value = one.at(pointer);
        var text = value.isNull() || value.isMissingNode() ? "" : value.asString(value.toString());
        return text.isEmpty() ? "-" : text;
    }

    /// Columns as wide as their widest cell; those that are empty everywhere are left out.
    private static String aligned(List<List<String>> rows) {
        List<StringBuilder> lines = rows.stream().map(_ -> new StringBuilder()).toList();
        for (int column = 0; column < rows.getFirst().size(); column++) {
            int at = column;
            if (rows.size() > 1
                    && rows.stream().skip(1).allMatch(row -> row.get(at).equals("-"))) {
                continue;
            }
            int width =
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            for (int row = 0; row < rows.size(); row++) {
                var text = rows.get(row).get(at);
                lines.get(row).append(text).append(" ".repeat(width - text.length() + 2));
            }
        }
        return String.join(
                "\n",
                lines.stream().map(line -> line.toString().stripTrailing()).toList());
    }
}
