// SPDX-License-Identifier: Apache-2.0
package io.penstock.metadata;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.coordinator.group.GroupCoordinatorConfig;
import org.apache.kafka.server.config.QuotaConfig;
import org.apache.kafka.server.config.ServerConfigs;
import org.apache.kafka.storage.internals.log.CleanerConfig;
import org.apache.kafka.storage.internals.log.LogConfig;

/// The settings that tools expect a broker to have. All are read-only: a broker of Penstock is set up by its fleet, and
/// what a tenant may choose is a setting of the cluster, a topic or a group.
public final class BrokerConfigs {
    /// Local disks and classes to load are no part of a broker here; answering would mislead.
    private static final Set<String> NOT_ANSWERED = Set.of(
            "log.dir",
            "log.dirs",
            "cordoned.log.dirs",
            "alter.config.policy.class.name",
            "create.topic.policy.class.name",
            "client.quota.callback.class",
            "authorizer.class.name",
            "config.providers");

    private static final ConfigCatalog CATALOG = new ConfigCatalog("broker", keys(), Set.of());

    private BrokerConfigs() {}

    private static List<ConfigDef.ConfigKey> keys() {
        ConfigDef own = new ConfigDef()
                .define("node.id", ConfigDef.Type.INT, -1, ConfigDef.Importance.HIGH, "The id of this broker.")
                .define(
                        "advertised.listeners",
                        ConfigDef.Type.STRING,
                        null,
                        ConfigDef.Importance.HIGH,
                        "Where clients of this cluster reach the broker.")
                .define(
                        "default.replication.factor",
                        ConfigDef.Type.INT,
                        1,
                        ConfigDef.Importance.MEDIUM,
                        "Echoed for topics whose creator names no replication factor. Brokers replicate nothing: every"
                                + " acknowledged record is in the object store.")
                .define(
                        "transaction.state.log.num.partitions",
                        ConfigDef.Type.INT,
                        50,
                        ConfigDef.Importance.HIGH,
                        "Partitions of the topic of transactions: as many as of the offsets topic.")
                .define(
                        "transaction.max.timeout.ms",
                        ConfigDef.Type.INT,
                        900_000,
                        ConfigDef.Importance.HIGH,
                        "The longest time-out that a transactional producer may ask for.")
                .define(
                        "transactional.id.expiration.ms",
                        ConfigDef.Type.INT,
                        604_800_000,
                        ConfigDef.Importance.HIGH,
                        "A transactional id that nobody uses for so long is forgotten.");
        List<ConfigDef.ConfigKey> keys = new ArrayList<>();
        for (ConfigDef def : List.of(
                ServerConfigs.CONFIG_DEF,
                LogConfig.SERVER_CONFIG_DEF,
                GroupCoordinatorConfig.CONFIG_DEF,
                CleanerConfig.CONFIG_DEF,
                QuotaConfig.CONFIG_DEF,
                own)) {
            keys.addAll(def.configKeys().values());
        }
        keys.removeIf(key -> NOT_ANSWERED.contains(key.name));
        return keys;
    }

    /// All settings of brokers, by name.
    public static List<ConfigDefinition> definitions() {
        return CATALOG.definitions();
    }

    /// Every setting with the value in force on one broker of a cluster.
    ///
    /// @param listener what clients connect to, for example `PLAINTEXT`
    public static List<ConfigValue> describe(ClusterSettings cluster, Endpoint broker, String listener) {
        Map<String, String> values = new TreeMap<>();
        values.put("node.id", Integer.toString(broker.nodeId()));
        values.put("broker.id", Integer.toString(broker.nodeId()));
        broker.zone().ifPresent(zone -> values.put("broker.rack", zone));
        values.put("advertised.listeners", listener + "://" + broker.host() + ":" + broker.port());
        values.put("num.partitions", Integer.toString(cluster.defaultPartitions()));
        values.put("default.replication.factor", Integer.toString(cluster.defaultReplicationFactor()));
        values.put("auto.create.topics.enable", Boolean.toString(cluster.autoCreateTopics()));
        values.put("offsets.topic.num.partitions", Integer.toString(cluster.offsetsTopicPartitions()));
        values.put("offsets.topic.replication.factor", Integer.toString(cluster.defaultReplicationFactor()));
        values.put("transaction.state.log.num.partitions", Integer.toString(cluster.offsetsTopicPartitions()));
        return CATALOG.describe(Map.of(), values);
    }
}
