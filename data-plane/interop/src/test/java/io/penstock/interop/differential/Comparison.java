// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop.differential;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/// Compares two answers field by field. Pure.
final class Comparison {
    /// Fields that tell the elements of a list apart.
    private static final List<String> KEYS = List.of(
            "name",
            "topic",
            "topicName",
            "topicId",
            "groupId",
            "group",
            "partitionIndex",
            "partition",
            "index",
            "key",
            "transactionalId",
            "resourceType",
            "resourceName",
            "patternType",
            "principal",
            "host",
            "operation",
            "permissionType",
            "user",
            "mechanism",
            "producerId",
            "memberId",
            "apiKey");

    /// @param path of the field, from the API's name on, `[]` for any element of a list
    record Difference(String path, JsonNode penstock, JsonNode kafka) {
        @Override
        public String toString() {
            return path + ": Penstock " + brief(penstock) + ", Apache Kafka " + brief(kafka);
        }

        private static String brief(JsonNode node) {
            String text = node.isMissingNode() ? "nothing" : node.toString();
            return text.length() > 300 ? text.substring(0, 300) + "…" : text;
        }
    }

    private final List<Difference> found = new ArrayList<>();

    private Comparison() {}

    static List<Difference> of(String api, JsonNode penstock, JsonNode kafka) {
        Comparison comparison = new Comparison();
        comparison.compare(api, penstock, kafka);
        return comparison.found;
    }

    private void compare(String path, JsonNode penstock, JsonNode kafka) {
        if (AllowedDifference.covers(path, penstock, kafka)) {
            return;
        }
        if (penstock instanceof ObjectNode left && kafka instanceof ObjectNode right) {
            TreeSet<String> names = new TreeSet<>();
            left.fieldNames().forEachRemaining(names::add);
            right.fieldNames().forEachRemaining(names::add);
            names.forEach(name -> compare(path + "." + name, left.path(name), right.path(name)));
        } else if (penstock instanceof ArrayNode left && kafka instanceof ArrayNode right) {
            compareLists(path + "[]", left, right);
        } else if (!penstock.equals(kafka)) {
            found.add(new Difference(path, penstock, kafka));
        }
    }

    private void compareLists(String path, ArrayNode penstock, ArrayNode kafka) {
        Map<String, List<JsonNode>> left = byKey(penstock);
        Map<String, List<JsonNode>> right = byKey(kafka);
        TreeSet<String> keys = new TreeSet<>(left.keySet());
        keys.addAll(right.keySet());
        for (String key : keys) {
            List<JsonNode> here = left.getOrDefault(key, List.of());
            List<JsonNode> there = right.getOrDefault(key, List.of());
            for (int n = 0; n < Math.max(here.size(), there.size()); n++) {
                compare(path, element(here, n), element(there, n));
            }
        }
    }

    private static JsonNode element(List<JsonNode> list, int n) {
        return n < list.size() ? list.get(n) : MissingNode.getInstance();
    }

    /// Elements with the same key stay in their order; the order of keys does not matter.
    private static Map<String, List<JsonNode>> byKey(ArrayNode array) {
        Map<String, List<JsonNode>> byKey = new LinkedHashMap<>();
        List<JsonNode> elements = new ArrayList<>();
        array.forEach(elements::add);
        if (elements.stream().noneMatch(ObjectNode.class::isInstance)) {
            elements.sort(Comparator.comparing(JsonNode::toString));
            byKey.put("", elements);
            return byKey;
        }
        for (JsonNode element : elements) {
            StringBuilder key = new StringBuilder();
            for (String field : KEYS) {
                if (element.path(field).isValueNode() && !element.path(field).isMissingNode()) {
                    key.append(field)
                            .append('=')
                            .append(element.path(field).asText())
                            .append(' ');
                }
            }
            byKey.computeIfAbsent(key.toString(), any -> new ArrayList<>()).add(element);
        }
        return byKey;
    }
}
