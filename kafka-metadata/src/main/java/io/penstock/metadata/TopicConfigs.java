// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.storage.internals.log.LogConfig;

/// The settings a topic has: Kafka's, all of them, with Kafka's defaults.
public final class TopicConfigs {
    /// Accepted, kept and echoed, without any effect, each with its reason. Everything else is acted on.
    static final Map<String, String> WITHOUT_EFFECT = Map.ofEntries(
            Map.entry("segment.jitter.ms", "segments are cut by consolidation, not by the log's writer"),
            Map.entry("segment.index.bytes", "an index is as big as its segment needs"),
            Map.entry("index.interval.bytes", "an index names every batch"),
            Map.entry("flush.messages", "nothing is acknowledged before it is durable"),
            Map.entry("flush.ms", "nothing is acknowledged before it is durable"),
            Map.entry("file.delete.delay.ms", "objects have a grace period of their own"),
            Map.entry("preallocate", "there are no files"),
            Map.entry("min.insync.replicas", "every acknowledged record is in the object store"),
            Map.entry("unclean.leader.election.enable", "every leader has every acknowledged record"),
            Map.entry("leader.replication.throttled.replicas", "brokers do not replicate"),
            Map.entry("follower.replication.throttled.replicas", "brokers do not replicate"),
            Map.entry("remote.storage.enable", "every topic lives in the object store"),
            Map.entry("remote.log.copy.disable", "every topic lives in the object store"),
            Map.entry("remote.log.delete.on.disable", "every topic lives in the object store"),
            Map.entry("local.retention.bytes", "nothing local is kept"),
            Map.entry("local.retention.ms", "nothing local is kept"));

    private static final ConfigCatalog CATALOG =
            new ConfigCatalog("topic", LogConfig.configKeys().values(), WITHOUT_EFFECT.keySet());

    private TopicConfigs() {}

    /// All settings of topics, by name.
    public static List<ConfigDefinition> definitions() {
        return CATALOG.definitions();
    }

    /// Names of settings that are accepted and do nothing.
    public static Set<String> withoutEffect() {
        return WITHOUT_EFFECT.keySet();
    }

    /// What is wrong with the settings of a topic; empty if nothing is.
    ///
    /// @param set all that is to be set for it
    public static List<ConfigProblem> check(Map<String, String> set) {
        List<ConfigProblem> problems = CATALOG.problems(set);
        if (!problems.isEmpty()) {
            return problems;
        }
        try {
            LogConfig.validate(Map.of(), set, Map.of(), true);
            return List.of();
        } catch (KafkaException e) {
            return List.of(contradiction(set, e));
        }
    }

    static ConfigProblem contradiction(Map<String, String> set, KafkaException cause) {
        String message = String.valueOf(cause.getMessage());
        String name = set.keySet().stream()
                .filter(message::contains)
                .sorted()
                .findFirst()
                .orElse("");
        return new ConfigProblem(name, message);
    }

    /// What asked-for changes come to, checked as a whole.
    ///
    /// @param set what is set for the topic now
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

    /// For Kafka's own libraries, and for whoever wants typed values.
    public static LogConfig logConfig(Map<String, String> set) {
        return LogConfig.fromProps(Map.of(), properties(set));
    }

    private static Properties properties(Map<String, String> set) {
        Properties properties = new Properties();
        properties.putAll(set);
        return properties;
    }
}
