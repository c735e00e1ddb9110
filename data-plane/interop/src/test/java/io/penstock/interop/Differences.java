// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/// Where Penstock answers otherwise than Apache Kafka, and why that stays. Everything else must be the same.
/// `docs/interop.md` is made from it.
final class Differences {
    private static final String TOOLS = "Kafka's tools";

    /// @param suite the script
    /// @param what the step
    /// @param kafka its outcome on Apache Kafka
    record Difference(String suite, String what, String kafka, String penstock, String reason) {}

    static final List<Difference> KNOWN = List.of(
            new Difference(
                    TOOLS,
                    "topics --describe",
                    "Topic: tools-topic TopicId: ID PartitionCount: 3 ReplicationFactor: n Configs:"
                            + " min.insync.replicas=1,retention.ms=86400000 | Topic: tools-topic Partition: 0 Leader: n"
                            + " Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 1 Leader: n"
                            + " Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 2 Leader: n"
                            + " Replicas: n Isr: n Elr: LastKnownElr:",
                    "Topic: tools-topic TopicId: ID PartitionCount: 3 ReplicationFactor: n Configs:"
                            + " retention.ms=86400000 | Topic: tools-topic Partition: 0 Leader: n Replicas: n Isr: n Elr:"
                            + " LastKnownElr: | Topic: tools-topic Partition: 1 Leader: n Replicas: n Isr: n Elr:"
                            + " LastKnownElr: | Topic: tools-topic Partition: 2 Leader: n Replicas: n Isr: n Elr:"
                            + " LastKnownElr:",
                    "Kafka sets `min.insync.replicas` for all topics with its feature"
                            + " `eligible.leader.replicas.version`. Here nothing is replicated by brokers: every"
                            + " acknowledged record is in the object store."),
            new Difference(
                    TOOLS,
                    "log-dirs",
                    "a JSON of the brokers",
                    "Querying brokers for log directories information |"
                            + " org.apache.kafka.common.errors.UnsupportedVersionException: The node does not support"
                            + " DESCRIBE_LOG_DIRS [exit code 1]",
                    "Brokers have no log directories: nothing local is durable. Sizes of topics are not told through"
                            + " this API yet."),
            new Difference(
                    TOOLS,
                    "configs --describe of a topic",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete,"
                            + " DEFAULT_CONFIG:log.cleanup.policy=delete} | max.message.bytes=100000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000,"
                            + " DEFAULT_CONFIG:message.max.bytes=1048588} | retention.ms=86400000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000}",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete,"
                            + " DEFAULT_CONFIG:cleanup.policy=delete} | max.message.bytes=100000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000,"
                            + " DEFAULT_CONFIG:max.message.bytes=1048588} | retention.ms=86400000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000,"
                            + " DEFAULT_CONFIG:retention.ms=604800000}",
                    "The default of a topic is Penstock's; there is no setting of a broker behind it that could be"
                            + " changed, so none is named."),
            new Difference(
                    TOOLS,
                    "configs --describe afterwards",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete,"
                            + " DEFAULT_CONFIG:log.cleanup.policy=delete} | max.message.bytes=100000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000,"
                            + " DEFAULT_CONFIG:message.max.bytes=1048588}",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete,"
                            + " DEFAULT_CONFIG:cleanup.policy=delete} | max.message.bytes=100000 sensitive=false"
                            + " synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000,"
                            + " DEFAULT_CONFIG:max.message.bytes=1048588}",
                    "As above."),
            new Difference(
                    TOOLS,
                    "configs --describe of a group",
                    "Dynamic configs for group tools-group are: | consumer.session.timeout.ms=50000 sensitive=false"
                            + " synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000,"
                            + " DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}",
                    "Dynamic configs for group tools-group are: | consumer.session.timeout.ms=50000 sensitive=false"
                            + " synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000,"
                            + " DEFAULT_CONFIG:consumer.session.timeout.ms=45000}",
                    "As above, for groups."),
            new Difference(
                    TOOLS,
                    "configs --describe of a user",
                    "SCRAM credential configs for user-principal 'tools-user' are SCRAM-SHA-256=iterations=8192",
                    "Error while executing config command with args '--describe --entity-type users --entity-name"
                            + " tools-user --bootstrap-server SERVERS' [exit code 1]",
                    "The tool asks for quotas beside credentials, and quotas are not served yet. Credentials alone are"
                            + " described by `Admin.describeUserScramCredentials`."),
            new Difference(
                    TOOLS,
                    "configs --alter of a user's quota",
                    "Completed updating config for user tools-user.",
                    "Error while executing config command with args '--alter --entity-type users --entity-name"
                            + " tools-user --add-config producer_byte_rate=1000000 --bootstrap-server SERVERS' [exit code"
                            + " 1]",
                    "Quotas are not served yet."),
            new Difference(
                    TOOLS,
                    "configs --describe of a user's quota",
                    "Quota configs for user-principal 'tools-user' are producer_byte_rate=1000000.0 | SCRAM credential"
                            + " configs for user-principal 'tools-user' are SCRAM-SHA-256=iterations=8192",
                    "Error while executing config command with args '--describe --entity-type users --entity-name"
                            + " tools-user --bootstrap-server SERVERS' [exit code 1]",
                    "Quotas are not served yet."),
            new Difference(
                    TOOLS,
                    "configs --alter of a broker",
                    "Completed updating default config for brokers in the cluster.",
                    "Error while executing config command with args '--alter --entity-type brokers --entity-default"
                            + " --add-config log.cleaner.threads=2 --bootstrap-server SERVERS' [exit code 1]",
                    "Settings of brokers come from how Penstock was set up; the message says so, and what can be"
                            + " changed instead."),
            new Difference(
                    TOOLS,
                    "configs --describe of all brokers",
                    "log.cleaner.threads=2 is among them",
                    "Default configs for brokers in the cluster are:",
                    "As above: none can be set."),
            new Difference(
                    TOOLS,
                    "configs --alter of a client's metrics",
                    "Completed updating config for client-metric tools-metrics.",
                    "Error while executing config command with args '--alter --entity-type client-metrics"
                            + " --entity-name tools-metrics --add-config"
                            + " metrics=[org.apache.kafka.producer.],interval.ms=60000 --bootstrap-server SERVERS' [exit"
                            + " code 1]",
                    "Subscriptions to metrics of clients (KIP-714) are not served yet."),
            new Difference(
                    TOOLS,
                    "client-metrics --list",
                    "tools-metrics",
                    "[main] ERROR org.apache.kafka.tools.ClientMetricsCommand -"
                            + " org.apache.kafka.common.errors.UnsupportedVersionException: The node does not support"
                            + " LIST_CONFIG_RESOURCES [exit code 1]",
                    "As above."),
            new Difference(
                    TOOLS,
                    "features describe",
                    "Feature: eligible.leader.replicas.version SupportedMinVersion: 0 SupportedMaxVersion: 1"
                            + " Finalized: 1 Epoch: n | Feature: group.version SupportedMinVersion: 0 SupportedMaxVersion:"
                            + " 1 Finalized: 1 Epoch: n | Feature: kraft.version SupportedMinVersion: 0"
                            + " SupportedMaxVersion: 1 Finalized: 0 Epoch: n | Feature: metadata.version"
                            + " SupportedMinVersion: 3.3-IV3 SupportedMaxVersion: 4.3-IV0 Finalized: 4.3-IV0 Epoch: n |"
                            + " Feature: share.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n"
                            + " | Feature: streams.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1"
                            + " Epoch: n | Feature: transaction.version SupportedMinVersion: 0 SupportedMaxVersion: 2"
                            + " Finalized: 2 Epoch: n",
                    "Feature: group.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n |"
                            + " Feature: streams.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch:"
                            + " n | Feature: transaction.version SupportedMinVersion: 0 SupportedMaxVersion: 2 Finalized:"
                            + " 2 Epoch: n",
                    "`metadata.version`, `kraft.version` and `eligible.leader.replicas.version` are about Kafka's own"
                            + " controllers; share groups are not served."),
            new Difference(
                    TOOLS,
                    "metadata-quorum describe --status",
                    "ClusterId: ID",
                    "org.apache.kafka.common.errors.UnsupportedVersionException: The node does not support"
                            + " DESCRIBE_QUORUM [exit code 1]",
                    "There is no quorum: metadata are in the bucket."),
            new Difference(
                    TOOLS,
                    "leader-election",
                    "Valid replica already elected for partitions tools-perf-0",
                    " [exit code 1]",
                    "There are no replicas to elect from: a leader that dies is replaced by any broker. The API is not"
                            + " answered yet."),
            new Difference(
                    TOOLS,
                    "reassign-partitions --list",
                    "No partition reassignments found.",
                    "Error: org.apache.kafka.common.errors.UnsupportedVersionException: The node does not support"
                            + " LIST_PARTITION_REASSIGNMENTS [exit code 1]",
                    "There are no replicas to move: Penstock places leadership by itself. The API is not answered"
                            + " yet."),
            new Difference(
                    TOOLS,
                    "reassign-partitions --execute",
                    "Current partition replica assignment",
                    "Error: org.apache.kafka.common.errors.UnsupportedVersionException: The node does not support"
                            + " LIST_PARTITION_REASSIGNMENTS [exit code 1]",
                    "As above."));

    private Differences() {}

    /// Judges one script's transcripts: line by line the same, but for the differences of that suite, each of which
    /// must be there.
    static void judge(String suite, List<String> kafka, List<String> penstock) {
        List<String> expected = new ArrayList<>(kafka);
        for (Difference difference : KNOWN) {
            if (difference.suite().equals(suite)) {
                String there = difference.what() + ": " + difference.kafka();
                assertThat(expected)
                        .as("%s on Apache Kafka, where a difference is known", suite)
                        .contains(there);
                expected.replaceAll(
                        line -> line.equals(there) ? difference.what() + ": " + difference.penstock() : line);
            }
        }
        assertThat(penstock)
                .as("%s on Penstock, compared with Apache Kafka", suite)
                .containsExactlyElementsOf(expected);
    }
}
