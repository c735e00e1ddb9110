// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.kafka.common.config.ConfigDef;

/// The settings of a subscription to what clients measure (KIP-714): Kafka's, with Kafka's defaults and limits.
public final class ClientMetricsSettings {
    private static final String METRICS = "metrics";
    private static final String INTERVAL = "interval.ms";
    private static final String MATCH = "match";
    private static final int USUAL_INTERVAL_MILLIS = 300_000;
    private static final Set<String> MATCHED = Set.of(
            "client_instance_id",
            "client_id",
            "client_software_name",
            "client_software_version",
            "client_source_address",
            "client_source_port");

    private static final ConfigCatalog CATALOG = new ConfigCatalog("client-metrics", keys(), Set.of());

    private ClientMetricsSettings() {}

    private static List<ConfigDef.ConfigKey> keys() {
        return List.copyOf(new ConfigDef()
                .define(
                        METRICS,
                        ConfigDef.Type.LIST,
                        "",
                        ConfigDef.Importance.MEDIUM,
                        "Telemetry metric name prefix list; * is all of them")
                .define(
                        INTERVAL,
                        ConfigDef.Type.INT,
                        USUAL_INTERVAL_MILLIS,
                        ConfigDef.Range.between(100, 3_600_000),
                        ConfigDef.Importance.MEDIUM,
                        "Metrics push interval in milliseconds")
                .define(MATCH, ConfigDef.Type.LIST, "", ConfigDef.Importance.MEDIUM, "Client match criteria")
                .configKeys()
                .values());
    }

    /// What asked-for changes come to, checked as a whole.
    ///
    /// @param set what is set for the subscription now
    public static ConfigPlan plan(Map<String, String> set, List<ConfigChange> changes) {
        return switch (CATALOG.plan(set, changes)) {
            case ConfigPlan.Refused refused -> refused;
            case ConfigPlan.Accepted accepted -> {
                List<ConfigProblem> problems = new ArrayList<>(CATALOG.problems(accepted.result()));
                problems.addAll(matchProblems(accepted.result().getOrDefault(MATCH, "")));
                yield problems.isEmpty() ? accepted : new ConfigPlan.Refused(problems);
            }
        };
    }

    private static List<ConfigProblem> matchProblems(String criteria) {
        List<ConfigProblem> problems = new ArrayList<>();
        for (String criterion : criteria.isBlank() ? new String[0] : criteria.split(",")) {
            String[] parts = criterion.split("=");
            if (parts.length != 2 || !MATCHED.contains(parts[0].strip()) || !isPattern(parts[1].strip())) {
                problems.add(new ConfigProblem(MATCH, "Illegal client matching pattern: " + criterion));
            }
        }
        return problems;
    }

    private static boolean isPattern(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }

    /// Every setting with the value in force.
    public static List<ConfigValue> describe(Map<String, String> set) {
        return CATALOG.describe(set, Map.of());
    }
}
