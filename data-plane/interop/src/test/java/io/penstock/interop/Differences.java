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
                    "Topic: tools-topic TopicId: ID PartitionCount: 3 ReplicationFactor: n Configs: min.insync.replicas=1,retention.ms=86400000 | Topic: tools-topic Partition: 0 Leader: n Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 1 Leader: n Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 2 Leader: n Replicas: n Isr: n Elr: LastKnownElr:",
                    "Topic: tools-topic TopicId: ID PartitionCount: 3 ReplicationFactor: n Configs: retention.ms=86400000 | Topic: tools-topic Partition: 0 Leader: n Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 1 Leader: n Replicas: n Isr: n Elr: LastKnownElr: | Topic: tools-topic Partition: 2 Leader: n Replicas: n Isr: n Elr: LastKnownElr:",
                    "Kafka sets `min.insync.replicas` for all topics with its feature `eligible.leader.replicas.version`. Here nothing is replicated by brokers: every acknowledged record is in the object store."),
            new Difference(
                    TOOLS,
                    "configs --describe of a topic",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete} | max.message.bytes=100000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000, DEFAULT_CONFIG:message.max.bytes=1048588} | retention.ms=86400000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000}",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:cleanup.policy=delete} | max.message.bytes=100000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000, DEFAULT_CONFIG:max.message.bytes=1048588} | retention.ms=86400000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:retention.ms=86400000, DEFAULT_CONFIG:retention.ms=604800000}",
                    "The default of a topic is Penstock's; there is no setting of a broker behind it that could be changed, so none is named."),
            new Difference(
                    TOOLS,
                    "configs --describe afterwards",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:log.cleanup.policy=delete} | max.message.bytes=100000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000, DEFAULT_CONFIG:message.max.bytes=1048588}",
                    "Dynamic configs for topic tools-topic are: | cleanup.policy=compact,delete sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:cleanup.policy=compact,delete, DEFAULT_CONFIG:cleanup.policy=delete} | max.message.bytes=100000 sensitive=false synonyms={DYNAMIC_TOPIC_CONFIG:max.message.bytes=100000, DEFAULT_CONFIG:max.message.bytes=1048588}",
                    "As above."),
            new Difference(
                    TOOLS,
                    "configs --describe of a group",
                    "Dynamic configs for group tools-group are: | consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:group.consumer.session.timeout.ms=45000}",
                    "Dynamic configs for group tools-group are: | consumer.session.timeout.ms=50000 sensitive=false synonyms={DYNAMIC_GROUP_CONFIG:consumer.session.timeout.ms=50000, DEFAULT_CONFIG:consumer.session.timeout.ms=45000}",
                    "As above, for groups."),
            new Difference(
                    TOOLS,
                    "configs --alter of a broker",
                    "Completed updating default config for brokers in the cluster.",
                    "Error while executing config command with args '--alter --entity-type brokers --entity-default --add-config log.cleaner.threads=2 --bootstrap-server SERVERS' [exit code 1]",
                    "Settings of brokers come from how Penstock was set up; the message says so, and what can be changed instead."),
            new Difference(
                    TOOLS,
                    "configs --describe of all brokers",
                    "log.cleaner.threads=2 is among them",
                    "Default configs for brokers in the cluster are:",
                    "As above: none can be set."),
            new Difference(
                    TOOLS,
                    "features describe",
                    "Feature: eligible.leader.replicas.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n | Feature: group.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n | Feature: kraft.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 0 Epoch: n | Feature: metadata.version SupportedMinVersion: 3.3-IV3 SupportedMaxVersion: 4.3-IV0 Finalized: 4.3-IV0 Epoch: n | Feature: share.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n | Feature: streams.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n | Feature: transaction.version SupportedMinVersion: 0 SupportedMaxVersion: 2 Finalized: 2 Epoch: n",
                    "Feature: group.version SupportedMinVersion: 0 SupportedMaxVersion: 1 Finalized: 1 Epoch: n | Feature: metadata.version SupportedMinVersion: 3.3-IV3 SupportedMaxVersion: 4.3-IV0 Finalized: UNKNOWN 0 Epoch: n | Feature: share.version SupportedMinVersion: 0 SupportedMaxVersion: 0 Finalized: 0 Epoch: n | Feature: streams.version SupportedMinVersion: 0 SupportedMaxVersion: 0 Finalized: 0 Epoch: n | Feature: transaction.version SupportedMinVersion: 0 SupportedMaxVersion: 2 Finalized: 2 Epoch: n",
                    "`metadata.version`, `kraft.version` and `eligible.leader.replicas.version` are about Kafka's own controllers; share groups are not served."),
            new Difference(
                    TOOLS,
                    "reassign-partitions --execute",
                    "Current partition replica assignment",
                    "Current partition replica assignment [exit code 1]",
                    "There are no replicas to move: Penstock places leadership by itself, and says so."));

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
