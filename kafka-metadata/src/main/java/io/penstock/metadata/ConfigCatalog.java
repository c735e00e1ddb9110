// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.jspecify.annotations.Nullable;

/// The settings of one kind of thing, as Kafka defines them: names, types, defaults, checks of single values.
final class ConfigCatalog {
    private final String kind;
    private final SortedMap<String, ConfigDef.ConfigKey> keys = new TreeMap<>();
    private final SortedMap<String, ConfigDefinition> definitions = new TreeMap<>();

    /// @param kind names the thing in errors
    /// @param withoutEffect names of settings that are accepted and do nothing
    ConfigCatalog(String kind, Collection<ConfigDef.ConfigKey> keys, Set<String> withoutEffect) {
        this.kind = kind;
        for (ConfigDef.ConfigKey key : keys) {
            if (!key.internalConfig) {
                this.keys.put(key.name, key);
                definitions.put(key.name, definitionOf(key, !withoutEffect.contains(key.name)));
            }
        }
    }

    private static ConfigDefinition definitionOf(ConfigDef.ConfigKey key, boolean inEffect) {
        Optional<String> defaultValue = key.hasDefault()
                ? Optional.ofNullable(ConfigDef.convertToString(key.defaultValue, key.type()))
                : Optional.empty();
        return new ConfigDefinition(
                key.name,
                key.type(),
                defaultValue,
                allowed(key),
                Objects.requireNonNullElse(key.documentation, ""),
                inEffect);
    }

    private static String allowed(ConfigDef.ConfigKey key) {
        String type = switch (key.type()) {
            case BOOLEAN -> "true or false";
            case INT, LONG, SHORT -> "a whole number";
            case DOUBLE -> "a number";
            case LIST -> "a list, separated by commas";
            case STRING, CLASS, PASSWORD -> "text";
        };
        return key.validator == null || key.validator.toString().isEmpty() ? type : type + ", " + key.validator;
    }

    List<ConfigDefinition> definitions() {
        return List.copyOf(definitions.values());
    }

    Optional<ConfigDefinition> definition(String name) {
        return Optional.ofNullable(definitions.get(name));
    }

    /// Each value for itself; what values say about each other is checked elsewhere.
    List<ConfigProblem> problems(Map<String, String> values) {
        List<ConfigProblem> problems = new ArrayList<>();
        new TreeMap<>(values).forEach((name, value) -> problem(name, value).ifPresent(problems::add));
        return problems;
    }

    private Optional<ConfigProblem> problem(String name, String value) {
        ConfigDef.ConfigKey key = keys.get(name);
        if (key == null) {
            return Optional.of(new ConfigProblem(
                    name,
                    "There is no " + kind + " config '" + name + "'. Known are: " + String.join(", ", keys.keySet())));
        }
        try {
            Object parsed = ConfigDef.parseType(name, value, key.type());
            if (key.validator != null) {
                key.validator.ensureValid(name, parsed);
            }
            return Optional.empty();
        } catch (ConfigException e) {
            return Optional.of(new ConfigProblem(
                    name,
                    "'" + value + "' is no value for " + kind + " config '" + name + "'. Allowed: " + allowed(key)));
        }
    }

    /// What is in force, for every setting of the catalog.
    ///
    /// @param cluster values that come from how the cluster was set up
    List<ConfigValue> describe(Map<String, String> set, Map<String, String> cluster) {
        List<ConfigValue> values = new ArrayList<>();
        for (ConfigDefinition definition : definitions.values()) {
            String name = definition.name();
            if (set.containsKey(name)) {
                values.add(new ConfigValue(definition, Optional.ofNullable(set.get(name)), ConfigValue.Source.SET));
            } else if (cluster.containsKey(name)) {
                values.add(new ConfigValue(
                        definition, Optional.ofNullable(cluster.get(name)), ConfigValue.Source.CLUSTER));
            } else {
                values.add(new ConfigValue(definition, definition.defaultValue(), ConfigValue.Source.DEFAULT));
            }
        }
        return values;
    }

    /// The values after changes, unless the request contradicts itself.
    ///
    /// @param set what is set by hand now
    ConfigPlan plan(Map<String, String> set, List<ConfigChange> changes) {
        List<ConfigProblem> problems = new ArrayList<>();
        SortedMap<String, String> result = new TreeMap<>(set);
        Set<String> named = new LinkedHashSet<>();
        for (ConfigChange change : changes) {
            if (!named.add(change.name())) {
                problems.add(new ConfigProblem(
                        change.name(),
                        "Config '" + change.name() + "' is changed twice in one request: change it once"));
            } else {
                change(change, result).ifPresent(problems::add);
            }
        }
        if (!problems.isEmpty()) {
            return new ConfigPlan.Refused(problems);
        }
        SortedMap<String, Optional<String>> difference = new TreeMap<>();
        for (String name : named) {
            if (!Objects.equals(set.get(name), result.get(name))) {
                difference.put(name, Optional.ofNullable(result.get(name)));
            }
        }
        return new ConfigPlan.Accepted(difference, result);
    }

    private Optional<ConfigProblem> change(ConfigChange change, SortedMap<String, String> result) {
        String name = change.name();
        ConfigDef.ConfigKey key = keys.get(name);
        if (change.operation() == ConfigChange.Operation.DELETE) {
            // Also what an older version knew and this one does not: it must be possible to get rid of it.
            boolean wasSet = result.remove(name) != null;
            return key == null && !wasSet ? problem(name, "") : Optional.empty();
        }
        if (change.value().isEmpty()) {
            return Optional.of(new ConfigProblem(name, "Config '" + name + "' needs a value; to reset it, DELETE it"));
        }
        String value = change.value().get();
        if (key != null && change.operation() != ConfigChange.Operation.SET) {
            if (key.type() != ConfigDef.Type.LIST) {
                return Optional.of(new ConfigProblem(
                        name, "Config '" + name + "' is no list: use SET instead of " + change.operation()));
            }
            value = listAfter(change.operation(), result.get(name), key, value);
        }
        result.put(name, value);
        return problem(name, value);
    }

    private static String listAfter(
            ConfigChange.Operation operation, @Nullable String before, ConfigDef.ConfigKey key, String value) {
        String start = before != null
                ? before
                : Objects.requireNonNullElse(ConfigDef.convertToString(key.defaultValue, key.type()), "");
        Set<String> items = new LinkedHashSet<>(items(start));
        if (operation == ConfigChange.Operation.APPEND) {
            items.addAll(items(value));
        } else {
            items.removeAll(items(value));
        }
        return String.join(",", items);
    }

    private static List<String> items(String list) {
        return Arrays.stream(list.split(","))
                .map(String::strip)
                .filter(item -> !item.isEmpty())
                .toList();
    }
}
