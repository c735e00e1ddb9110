// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.coordinator.group.GroupConfig;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.coordinator.group.modern.share.ShareGroupConfig;

/// The settings a consumer group has (KIP-848 and its kin): Kafka's, with Kafka's defaults, within the limits that
/// brokers set.
public final class GroupConfigs {
    private static final ConfigCatalog CATALOG =
            new ConfigCatalog("group", GroupConfig.CONFIG_DEF.configKeys().values(), Set.of());

    private GroupConfigs() {}

    /// All settings of groups, by name.
    public static List<ConfigDefinition> definitions() {
        return CATALOG.definitions();
    }

    /// What is wrong with the settings of a group; empty if nothing is.
    ///
    /// @param set all that is to be set for it
    public static List<ConfigProblem> check(Map<String, String> set) {
        List<ConfigProblem> problems = CATALOG.problems(set);
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            GroupConfig.validate(set, GroupCoordinatorConfig.fromProps(Map.of()), ShareGroupConfig.fromProps(Map.of()));
            return List.of();
        } catch (KafkaException e) {
            return List.of(TopicConfigs.contradiction(set, e));
        }
    }

    /// What asked-for changes come to, checked as a whole.
    ///
    /// @param set what is set for the group now
    public static ConfigPlan plan(Map<String, String> set, List<ConfigChange> changes) {
        return switch (CATALOG.plan(set, changes)) {
            case ConfigPlan.Refused refused -> refused;
            case ConfigPlan.Accepted accepted -> {
                List<ConfigProblem> problems = check(accepted.result());
                yield problems.isEmpty() ? accepted : new ConfigPlan.Refused(problems);
            }
        };
    }

    /// Every setting with the value in force.
    public static List<ConfigValue> describe(Map<String, String> set) {
        return CATALOG.describe(set, Map.of());
    }
}
