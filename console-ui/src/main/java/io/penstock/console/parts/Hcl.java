// SPDX-License-Identifier: Apache-2.0
package io.penstock.console.parts;

import java.util.List;
import java.util.Map;

/// Writes Terraform's language, as `terraform fmt` would.
public final class Hcl {
    private Hcl() {}

    /// @param attributes in the order in which they are to stand; of texts, numbers, booleans, lists, maps and
    ///   references
    public static String resource(String type, String name, Map<String, ?> attributes) {
        return "resource \"" + type + "\" \"" + label(name) + "\" {\n" + lines(attributes, "  ") + "}";
    }

    /// Something that stands as it is, such as `penstock_cluster.orders.id`.
    public record Reference(String text) {}

    /// A name that Terraform takes, made of any text.
    public static String label(String text) {
        var name = text.replaceAll("[^A-Za-z0-9_-]", "_");
        return name.isEmpty() || Character.isDigit(name.charAt(0)) ? "_" + name : name;
    }

    private static String lines(Map<String, ?> attributes, String indent) {
        int width = attributes.keySet().stream()
                .map(Hcl::key)
                .mapToInt(String::length)
                .max()
                .orElse(0);
        var text = new StringBuilder();
        attributes.forEach((name, value) -> {
            var key = key(name);
            text.append(indent)
                    .append(key)
                    .append(" ".repeat(width - key.length()))
                    .append(" = ");
            text.append(value(value, indent)).append('\n');
        });
        return text.toString();
    }

    private static String key(String name) {
        return name.matches("[A-Za-z_][A-Za-z0-9_-]*") ? name : quoted(name);
    }

    private static String value(Object value, String indent) {
        return switch (value) {
            case Reference(var text) -> text;
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            case List<?> list ->
                list.stream()
                        .map(element -> value(element, indent))
                        .collect(java.util.stream.Collectors.joining(", ", "[", "]"));
            case Map<?, ?> map when map.isEmpty() -> "{}";
            case Map<?, ?> map -> {
                var copy = new java.util.LinkedHashMap<String, Object>();
                map.forEach((name, element) -> copy.put(String.valueOf(name), element));
                yield "{\n" + lines(copy, indent + "  ") + indent + "}";
            }
            default -> quoted(value.toString());
        };
    }

    private static String quoted(String text) {
        return "\""
                + text.replace("\\", "\\\\")
                        .replace("\"", "\\\"")
                        .replace("\n", "\\n")
                        .replace("${", "$${")
                        .replace("%{", "%%{")
                + "\"";
    }
}
