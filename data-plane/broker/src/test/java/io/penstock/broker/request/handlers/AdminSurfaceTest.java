// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.broker.request.Reply;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import io.penstock.broker.testing.Exchanges;
import io.penstock.broker.transactions.TransactionSettings;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.ListConfigResourcesOptions;
import org.apache.kafka.clients.admin.LogDirDescription;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.QuorumInfo;
import org.apache.kafka.clients.admin.ReplicaInfo;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;
import org.apache.kafka.common.errors.InvalidReplicaAssignmentException;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.apache.kafka.common.errors.NoReassignmentInProgressException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.Errors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What Kafka's own Admin client sees of a broker beyond topics, groups and access.
@Timeout(60)
class AdminSurfaceTest {
    private static final TopicPartition FIRST = new TopicPartition("t", 0);
    private static final TopicPartition NOWHERE = new TopicPartition("nowhere", 0);
    private static final ConfigResource SUBSCRIPTION =
            new ConfigResource(ConfigResource.Type.CLIENT_METRICS, "everything");

    // As a cluster that was made before transaction version 2.
    private final BrokerInMemory broker = BrokerInMemory.started(0, TransactionSettings.defaults());
    private final Admin admin = Clients.admin(broker);

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    private static void fails(KafkaFuture<?> asked, Class<? extends Exception> type) {
        assertThatThrownBy(asked::get).hasCauseInstanceOf(type);
    }

    private LogDirDescription directory() throws Exception {
        Map<String, LogDirDescription> directories = requireNonNull(
                admin.describeLogDirs(List.of(0)).allDescriptions().get().get(0));
        assertThat(directories).containsOnlyKeys(DescribeLogDirsHandler.DIRECTORY);
        return requireNonNull(directories.get(DescribeLogDirsHandler.DIRECTORY));
    }

    private static ReplicaInfo replica(LogDirDescription directory, int partition) {
        return requireNonNull(directory.replicaInfos().get(new TopicPartition("t", partition)));
    }

    @Test
    void sizesAreThoseOfTheBatchesInTheStore() throws Exception {
        broker.cluster().createTopic("t", 2, Map.of());
        assertThat(directory().replicaInfos())
                .containsOnlyKeys(FIRST, new TopicPartition("t", 1))
                .allSatisfy((partition, replica) -> assertThat(replica.size()).isZero());

        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            producer.send(new ProducerRecord<>("t", 0, "k", "v".repeat(1000))).get();
        }

        LogDirDescription directory = directory();
        assertThat(replica(directory, 0).size()).isBetween(1001L, 1200L);
        assertThat(replica(directory, 0).offsetLag()).isZero();
        assertThat(replica(directory, 1).size()).isZero();
        assertThat(directory.totalBytes()).isEmpty();
    }

    @Test
    void thereIsNothingToElectAndNothingToMove() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());

        Map<TopicPartition, Optional<Throwable>> elected = admin.electLeaders(
                        ElectionType.PREFERRED, Set.of(FIRST, NOWHERE))
                .partitions()
                .get();
        assertThat(elected.get(FIRST)).get().isInstanceOf(ElectionNotNeededException.class);
        assertThat(elected.get(NOWHERE)).get().isInstanceOf(UnknownTopicOrPartitionException.class);
        assertThat(admin.electLeaders(ElectionType.UNCLEAN, null).partitions().get())
                .isEmpty();

        assertThat(admin.listPartitionReassignments().reassignments().get()).isEmpty();
        fails(
                admin.alterPartitionReassignments(Map.of(FIRST, Optional.of(new NewPartitionReassignment(List.of(0)))))
                        .all(),
                InvalidReplicaAssignmentException.class);
        fails(
                admin.alterPartitionReassignments(Map.of(FIRST, Optional.empty()))
                        .all(),
                NoReassignmentInProgressException.class);
        fails(
                admin.alterPartitionReassignments(Map.of(NOWHERE, Optional.empty()))
                        .all(),
                UnknownTopicOrPartitionException.class);
    }

    private void update(String feature, int level, FeatureUpdate.UpgradeType type) throws Exception {
        admin.updateFeatures(Map.of(feature, new FeatureUpdate((short) level, type)), new UpdateFeaturesOptions())
                .all()
                .get();
    }

    private short finalized(String feature) throws Exception {
        return requireNonNull(admin.describeFeatures()
                        .featureMetadata()
                        .get()
                        .finalizedFeatures()
                        .get(feature))
                .maxVersionLevel();
    }

    @Test
    void aClusterOfBeforeGoesToTransactionVersionTwoWhileProducersWork() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        assertThat(requireNonNull(admin.describeFeatures()
                                .featureMetadata()
                                .get()
                                .supportedFeatures()
                                .get("transaction.version"))
                        .maxVersion())
                .isEqualTo((short) 2);
        try (KafkaProducer<String, String> before = Clients.producer(broker, Map.of("transactional.id", "x"))) {
            before.initTransactions();
            before.beginTransaction();
            before.send(new ProducerRecord<>("t", "k", "1")).get();

            update("transaction.version", 2, FeatureUpdate.UpgradeType.UPGRADE);

            before.commitTransaction();
            before.beginTransaction();
            before.send(new ProducerRecord<>("t", "k", "2")).get();
            before.commitTransaction();
        }
        assertThat(finalized("transaction.version")).isEqualTo((short) 2);
        try (KafkaProducer<String, String> after = Clients.producer(broker, Map.of("transactional.id", "x"))) {
            after.initTransactions();
            after.beginTransaction();
            after.send(new ProducerRecord<>("t", "k", "3")).get();
            after.commitTransaction();
        }
        try (var consumer = Clients.consumer(broker, Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(FIRST));
            consumer.seekToBeginning(consumer.assignment());
            assertThat(Clients.records(consumer, 3))
                    .extracting(record -> record.value())
                    .containsExactly("1", "2", "3");
        }
    }

    @Test
    void levelsThatCannotBeServedAreRefused() throws Exception {
        assertThatThrownBy(() -> update("transaction.version", 9, FeatureUpdate.UpgradeType.UPGRADE))
                .hasCauseInstanceOf(InvalidUpdateVersionException.class);
        assertThatThrownBy(() -> update("metadata.version", 7, FeatureUpdate.UpgradeType.UNSAFE_DOWNGRADE))
                .hasCauseInstanceOf(InvalidUpdateVersionException.class);
        assertThatThrownBy(() -> update("no.such", 1, FeatureUpdate.UpgradeType.UPGRADE))
                .hasCauseInstanceOf(InvalidUpdateVersionException.class);
    }

    @Test
    void theMetalogIsToldAsAQuorum() throws Exception {
        QuorumInfo quorum = admin.describeMetadataQuorum().quorumInfo().get();

        assertThat(quorum.leaderId()).isZero();
        assertThat(quorum.highWatermark()).isEqualTo(broker.cluster().image().number() + 1L);
        assertThat(quorum.voters())
                .extracting(QuorumInfo.ReplicaState::replicaId)
                .containsExactly(0);
    }

    private Set<String> resources(ConfigResource.Type type) throws Exception {
        Collection<ConfigResource> all = admin.listConfigResources(Set.of(type), new ListConfigResourcesOptions())
                .all()
                .get();
        return all.stream().map(ConfigResource::name).collect(Collectors.toSet());
    }

    private void subscribe(Map<String, String> settings) throws Exception {
        admin.incrementalAlterConfigs(Map.of(
                        SUBSCRIPTION,
                        settings.entrySet().stream()
                                .map(setting -> new AlterConfigOp(
                                        new ConfigEntry(setting.getKey(), setting.getValue()),
                                        AlterConfigOp.OpType.SET))
                                .toList()))
                .all()
                .get();
    }

    @Test
    void whatHasSettingsIsListed() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        subscribe(Map.of("metrics", "*"));

        assertThat(resources(ConfigResource.Type.TOPIC)).contains("t");
        assertThat(resources(ConfigResource.Type.BROKER)).containsExactly("0");
        assertThat(resources(ConfigResource.Type.CLIENT_METRICS)).containsExactly("everything");
        assertThat(resources(ConfigResource.Type.GROUP)).isEmpty();
        Config subscription = requireNonNull(
                admin.describeConfigs(List.of(SUBSCRIPTION)).all().get().get(SUBSCRIPTION));
        assertThat(subscription.get("metrics").value()).isEqualTo("*");
        assertThat(subscription.get("metrics").source())
                .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_CLIENT_METRICS_CONFIG);
        assertThat(subscription.get("interval.ms").value()).isEqualTo("300000");
        assertThat(subscription.get("interval.ms").isDefault()).isTrue();
    }

    @Test
    void whatClientsMeasureIsShownWhileTheyRun() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        subscribe(Map.of("metrics", "org.apache.kafka.producer", "interval.ms", "100", "match", "client_id=measured"));
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of("client.id", "measured"));
                KafkaProducer<String, String> other = Clients.producer(broker, Map.of("client.id", "other"))) {
            producer.send(new ProducerRecord<>("t", "k", "v")).get();
            other.send(new ProducerRecord<>("t", "k", "v")).get();

            await().untilAsserted(() -> assertThat(shown()).isNotEmpty());
            assertThat(shown()).containsOnly("measured");
            assertThat(broker.cluster()
                            .registry()
                            .get("penstock.client.metric")
                            .tag("metric", "org.apache.kafka.producer.connection.creation.total")
                            .gauge()
                            .value())
                    .isPositive();
        }
        await().untilAsserted(() -> assertThat(shown()).isEmpty());
    }

    private Set<String> shown() {
        Set<String> clients = new HashSet<>();
        broker.cluster()
                .registry()
                .find("penstock.client.metric")
                .gauges()
                .forEach(gauge -> clients.add(gauge.getId().getTag("client_id")));
        return clients;
    }

    @Test
    void clientsOfOldSetAllConfigsAtOnce() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of("retention.ms", "5", "retention.bytes", "7"));
        AlterConfigsRequestData request = new AlterConfigsRequestData()
                .setResources(new AlterConfigsRequestData.AlterConfigsResourceCollection(List.of(
                                new AlterConfigsRequestData.AlterConfigsResource()
                                        .setResourceType(ConfigResource.Type.TOPIC.id())
                                        .setResourceName("t")
                                        .setConfigs(new AlterConfigsRequestData.AlterableConfigCollection(
                                                List.of(new AlterConfigsRequestData.AlterableConfig()
                                                                .setName("retention.ms")
                                                                .setValue("6"))
                                                        .iterator())))
                        .iterator()));
        IncrementalAlterConfigsHandler incremental = new IncrementalAlterConfigsHandler(broker.cluster());

        Reply reply = new AlterConfigsHandler(broker.cluster(), incremental)
                .handle(Exchanges.of(ApiKeys.ALTER_CONFIGS, 2, request))
                .get();

        assertThat(((Reply.Answer) reply).response().errorCounts()).containsOnlyKeys(Errors.NONE);
        assertThat(broker.cluster().image().configs(new ConfigResource(ConfigResource.Type.TOPIC, "t")))
                .isEqualTo(Map.of("retention.ms", "6"));
    }
}
