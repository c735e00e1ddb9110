// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DescribeClusterResult;
import org.apache.kafka.clients.admin.DescribeConfigsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicIdException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AdminRequestsTest {
    private static final BrokerInMemory broker = BrokerInMemory.creatingTopicsOnFirstUse();
    private static final Admin admin = Clients.admin(broker);

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @Test
    void aTopicIsCreatedDescribedGrownAndDeleted() throws Exception {
        var created = admin.createTopics(List.of(
                new NewTopic("life", Optional.of(3), Optional.of((short) 5)).configs(Map.of("retention.ms", "1000"))));
        assertThat(created.numPartitions("life").get()).isEqualTo(3);
        assertThat(created.replicationFactor("life").get()).isEqualTo(5);
        assertThat(created.config("life").get().get("retention.ms").value()).isEqualTo("1000");
        Uuid id = created.topicId("life").get();

        TopicDescription description = describe("life");
        assertThat(description.topicId()).isEqualTo(id);
        assertThat(description.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isZero();
            assertThat(partition.replicas()).extracting(Node::id).containsExactly(0);
            assertThat(partition.isr()).extracting(Node::id).containsExactly(0);
        });
        assertThat(admin.describeTopics(TopicCollection.ofTopicIds(List.of(id)))
                        .allTopicIds()
                        .get()
                        .values())
                .extracting(TopicDescription::name)
                .containsExactly("life");

        admin.createPartitions(Map.of("life", NewPartitions.increaseTo(7)))
                .all()
                .get();
        assertThat(describe("life").partitions()).hasSize(7);
        assertFails(
                admin.createPartitions(Map.of("life", NewPartitions.increaseTo(2)))
                        .all(),
                InvalidPartitionsException.class);

        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("life");
        assertFails(admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all(), UnknownTopicIdException.class);
    }

    @Test
    void validationOnlyChangesNothing() throws Exception {
        admin.createTopics(
                        List.of(new NewTopic("imagined", 1, (short) 1)), new CreateTopicsOptions().validateOnly(true))
                .all()
                .get();

        assertThat(admin.listTopics().names().get()).doesNotContain("imagined");
    }

    @Test
    void whatExistsIsNotCreatedAgainAndWhatDoesNotIsNotDeleted() throws Exception {
        admin.createTopics(List.of(new NewTopic("twice", 1, (short) 1))).all().get();

        assertFails(
                admin.createTopics(List.of(new NewTopic("twice", 1, (short) 1))).all(), TopicExistsException.class);
        assertFails(admin.deleteTopics(List.of("never")).all(), UnknownTopicOrPartitionException.class);
    }

    @Test
    void anAssignmentOfReplicasCountsAsCounts() throws Exception {
        var created = admin.createTopics(List.of(new NewTopic("assigned", Map.of(0, List.of(7, 8), 1, List.of(8, 9)))));

        assertThat(created.numPartitions("assigned").get()).isEqualTo(2);
        assertThat(created.replicationFactor("assigned").get()).isEqualTo(2);
    }

    @Test
    void configsAreDescribedWithDefaultsAndSources() throws Exception {
        broker.cluster().createTopic("configured", 1, Map.of("retention.ms", "5000"));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "configured");
        ConfigResource node = new ConfigResource(ConfigResource.Type.BROKER, "0");
        ConfigResource group = new ConfigResource(ConfigResource.Type.GROUP, "g");

        Map<ConfigResource, Config> configs = admin.describeConfigs(
                        List.of(topic, node, group),
                        new DescribeConfigsOptions().includeSynonyms(true).includeDocumentation(true))
                .all()
                .get();

        ConfigEntry retention = of(topic, configs).get("retention.ms");
        assertThat(retention.value()).isEqualTo("5000");
        assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(retention.type()).isEqualTo(ConfigEntry.ConfigType.LONG);
        assertThat(retention.documentation()).isNotEmpty();
        assertThat(retention.synonyms())
                .extracting(ConfigEntry.ConfigSynonym::source)
                .containsExactly(
                        ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG, ConfigEntry.ConfigSource.DEFAULT_CONFIG);
        assertThat(of(topic, configs).get("cleanup.policy").isDefault()).isTrue();
        assertThat(of(node, configs).get("auto.create.topics.enable").value()).isEqualTo("true");
        assertThat(of(node, configs).get("node.id").isReadOnly()).isTrue();
        assertThat(of(group, configs).entries()).isNotEmpty();
    }

    @Test
    void configsAreChanged() throws Exception {
        broker.cluster().createTopic("changing", 1, Map.of("retention.ms", "5000"));
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "changing");
        Collection<AlterConfigOp> changes = List.of(
                new AlterConfigOp(new ConfigEntry("max.message.bytes", "2000"), AlterConfigOp.OpType.SET),
                new AlterConfigOp(new ConfigEntry("retention.ms", null), AlterConfigOp.OpType.DELETE));

        admin.incrementalAlterConfigs(Map.of(topic, changes)).all().get();

        Config config = of(topic, admin.describeConfigs(List.of(topic)).all().get());
        assertThat(config.get("max.message.bytes").value()).isEqualTo("2000");
        assertThat(config.get("retention.ms").isDefault()).isTrue();
    }

    @Test
    void theClusterIsDescribed() throws Exception {
        DescribeClusterResult cluster = admin.describeCluster();

        assertThat(cluster.clusterId().get()).isEqualTo("kc_test");
        assertThat(cluster.nodes().get())
                .extracting(Node::port)
                .containsExactly(broker.address().getPort());
        assertThat(cluster.controller().get().id()).isZero();
    }

    @Test
    void offsetsAreListed() throws Exception {
        broker.cluster().createTopic("listed", 1, Map.of());
        TopicPartition partition = new TopicPartition("listed", 0);
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            producer.send(new ProducerRecord<>("listed", 0, 300L, "k", "v")).get();
            producer.send(new ProducerRecord<>("listed", 0, 100L, "k", "v")).get();
        }

        assertThat(offset(partition, OffsetSpec.latest())).isEqualTo(2);
        assertThat(offset(partition, OffsetSpec.earliest())).isEqualTo(0);
        assertThat(offset(partition, OffsetSpec.earliestLocal())).isEqualTo(0);
        assertThat(offset(partition, OffsetSpec.latestTiered())).isEqualTo(-1);
        assertThat(offset(partition, OffsetSpec.maxTimestamp())).isEqualTo(0);
        assertThat(offset(partition, OffsetSpec.forTimestamp(200))).isEqualTo(0);
    }

    @Test
    void firstUseCreatesATopic() throws Exception {
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            assertThat(producer.send(new ProducerRecord<>("first-use", "v"))
                            .get()
                            .offset())
                    .isZero();
        }
    }

    @Test
    void anAbsentControlPlaneIsWaitedFor() throws Exception {
        try (BrokerInMemory alone = BrokerInMemory.started();
                Admin impatient = Clients.admin(alone, 2_000)) {
            alone.cluster().createTopic("before", 1, Map.of());
            alone.cluster().controlPlane().away(true);

            assertFails(
                    impatient
                            .createTopics(List.of(new NewTopic("later", 1, (short) 1)))
                            .all(),
                    TimeoutException.class);
            // Producing goes on, also by a producer that begins now.
            try (KafkaProducer<String, String> producer = Clients.producer(alone, Map.of())) {
                assertThat(producer.send(new ProducerRecord<>("before", "v"))
                                .get()
                                .offset())
                        .isZero();
            }
            alone.cluster().controlPlane().away(false);
            impatient
                    .createTopics(List.of(new NewTopic("later", 1, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static long offset(TopicPartition partition, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(partition, spec))
                .partitionResult(partition)
                .get()
                .offset();
    }

    private static TopicDescription describe(String topic) throws Exception {
        return of(topic, admin.describeTopics(List.of(topic)).allTopicNames().get());
    }

    private static <K, V> V of(K key, Map<K, V> map) {
        return Objects.requireNonNull(map.get(key));
    }

    private static void assertFails(KafkaFuture<?> future, Class<? extends Throwable> why) {
        assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(why);
    }
}
