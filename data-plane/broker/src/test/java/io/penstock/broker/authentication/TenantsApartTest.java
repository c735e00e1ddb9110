// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Timer;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.Credential;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.ScramPlan;
import io.penstock.metadata.TenantLimits;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Two tenants' clusters on one broker, in which everything is called the same: principals, user names,
/// topics, groups, transactional ids and clients.
@Timeout(90)
class TenantsApartTest {
    private static final TopicPartition ORDERS = new TopicPartition("orders", 0);

    private final BrokerInMemory ours = BrokerInMemory.started(ListenerPolicy::authenticated);
    private final BrokerInMemory theirs = ours.anotherTenants("tn_theirs", "kc_theirs");

    @BeforeEach
    void sameNames() {
        prepare(ours, "our secret");
        prepare(theirs, "their secret");
    }

    @AfterEach
    void stop() {
        theirs.close();
        ours.close();
    }

    private static void prepare(BrokerInMemory broker, String secret) {
        broker.cluster().createTopic("orders", 1, Map.of());
        broker.cluster()
                .change(List.of(
                        AccessRecords.setScram(
                                "shop",
                                ScramMechanism.SCRAM_SHA_512,
                                ScramPlan.keys(ScramMechanism.SCRAM_SHA_512, secret)),
                        AccessRecords.issue(new Credential("shop", "shop", 1, OptionalLong.empty()))));
        for (ResourceType type :
                List.of(ResourceType.TOPIC, ResourceType.GROUP, ResourceType.CLUSTER, ResourceType.TRANSACTIONAL_ID)) {
            String name = type == ResourceType.CLUSTER ? "kafka-cluster" : "*";
            broker.cluster()
                    .change(List.of(
                            AccessRecords.createAcl(Uuid.randomUuid(), StandardAcl.fromAclBinding(all(type, name)))));
        }
    }

    private static AclBinding all(ResourceType type, String name) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry("User:shop", "*", AclOperation.ALL, AclPermissionType.ALLOW));
    }

    private static Map<String, Object> as(String secret) {
        Map<String, Object> settings = new HashMap<>();
        settings.put("security.protocol", "SASL_PLAINTEXT");
        settings.put("sasl.mechanism", "SCRAM-SHA-512");
        settings.put(
                "sasl.jaas.config",
                "org.apache.kafka.common.security.scram.ScramLoginModule required username=\"shop\" password=\""
                        + secret + "\";");
        settings.put("client.id", "till");
        settings.put("group.id", "readers");
        return settings;
    }

    private static Admin admin(BrokerInMemory broker, String secret) {
        Map<String, Object> settings = as(secret);
        settings.remove("group.id");
        settings.put("bootstrap.servers", broker.bootstrapServers());
        return Admin.create(settings);
    }

    private static KafkaProducer<String, String> producer(BrokerInMemory broker, String secret) {
        Map<String, Object> settings = as(secret);
        settings.remove("group.id");
        settings.put("batch.size", 1);
        return Clients.producer(broker, settings);
    }

    private static List<String> read(BrokerInMemory broker, String secret, int count) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker, as(secret))) {
            consumer.subscribe(List.of("orders"));
            List<String> values = Clients.records(consumer, count).stream()
                    .map(ConsumerRecord::value)
                    .toList();
            consumer.commitSync();
            return values;
        }
    }

    private static long committed(Admin admin) throws Exception {
        return requireNonNull(admin.listConsumerGroupOffsets("readers")
                        .partitionsToOffsetAndMetadata()
                        .get()
                        .get(ORDERS))
                .offset();
    }

    @Test
    void theSameNamesAreOthers() throws Exception {
        try (KafkaProducer<String, String> producer = producer(ours, "our secret")) {
            producer.send(new ProducerRecord<>("orders", "k", "ours")).get();
        }
        try (KafkaProducer<String, String> producer = producer(theirs, "their secret")) {
            producer.send(new ProducerRecord<>("orders", "k", "theirs 1")).get();
            producer.send(new ProducerRecord<>("orders", "k", "theirs 2")).get();
        }

        assertThat(read(ours, "our secret", 1)).containsExactly("ours");
        try (Admin we = admin(ours, "our secret");
                Admin they = admin(theirs, "their secret")) {
            assertThat(committed(we)).isEqualTo(1);
            assertThat(they.listGroups().all().get())
                    .extracting(GroupListing::groupId)
                    .doesNotContain("readers");
            assertThat(read(theirs, "their secret", 2)).containsExactly("theirs 1", "theirs 2");
            assertThat(committed(they)).isEqualTo(2);
            assertThat(committed(we)).isEqualTo(1);

            theirs.cluster().createTopic("secret", 1, Map.of());
            assertThat(we.listTopics().names().get()).doesNotContain("secret");
            assertThat(we.describeCluster().clusterId().get()).isEqualTo("kc_test");
            assertThat(they.describeCluster().clusterId().get()).isEqualTo("kc_theirs");
            assertThat(requireNonNull(we.describeLogDirs(List.of(0))
                                    .allDescriptions()
                                    .get()
                                    .get(0))
                            .values())
                    .allSatisfy(directory -> assertThat(directory.replicaInfos().keySet())
                            .extracting(TopicPartition::topic)
                            .doesNotContain("secret"));
        }
    }

    @Test
    void whoIsKnownHereIsAStrangerThere() {
        try (Admin admin = admin(theirs, "our secret")) {
            assertThatThrownBy(() -> admin.listTopics().names().get())
                    .hasCauseInstanceOf(SaslAuthenticationException.class);
        }
    }

    @Test
    void aRightThatIsTakenHereIsStillThereThere() throws Exception {
        try (Admin they = admin(theirs, "their secret")) {
            they.deleteAcls(List.of(new AclBindingFilter(
                            all(ResourceType.TOPIC, "*").toFilter().patternFilter(),
                            all(ResourceType.TOPIC, "*").toFilter().entryFilter())))
                    .all()
                    .get();
        }
        try (KafkaProducer<String, String> we = producer(ours, "our secret");
                KafkaProducer<String, String> they = producer(theirs, "their secret")) {
            assertThat(we.send(new ProducerRecord<>("orders", "k", "v")).get().offset())
                    .isZero();
            assertThatThrownBy(() ->
                            they.send(new ProducerRecord<>("orders", "k", "v")).get())
                    .satisfiesAnyOf(
                            failure -> assertThat(failure).isInstanceOf(TopicAuthorizationException.class),
                            failure -> assertThat(failure)
                                    .isInstanceOf(ExecutionException.class)
                                    .hasCauseInstanceOf(TopicAuthorizationException.class));
        }
    }

    /// The longest pause in milliseconds that four records of 50,000 bytes were asked for.
    private static double produced(BrokerInMemory broker, String secret) throws Exception {
        try (KafkaProducer<String, String> producer = producer(broker, secret)) {
            for (int i = 0; i < 4; i++) {
                producer.send(new ProducerRecord<>("orders", "k", "v".repeat(50_000)))
                        .get();
            }
            return producer.metrics().values().stream()
                    .filter(metric -> metric.metricName().name().equals("produce-throttle-time-max"))
                    .mapToDouble(TenantsApartTest::number)
                    .max()
                    .orElseThrow();
        }
    }

    private static double number(Metric metric) {
        return (double) metric.metricValue();
    }

    private long pauses(String cluster) {
        return ours.registry().find("penstock.cluster.throttle").tag("cluster", cluster).timers().stream()
                .mapToLong(Timer::count)
                .sum();
    }

    private double received(String cluster) {
        return ours.registry()
                .get("penstock.cluster.received")
                .tag("cluster", cluster)
                .counter()
                .count();
    }

    @Test
    void quotasLimitsAndMetricsAreOfOneClusterAlone() throws Exception {
        ClientQuotaEntity till =
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "shop", ClientQuotaEntity.CLIENT_ID, "till"));
        try (Admin they = admin(theirs, "their secret");
                Admin we = admin(ours, "our secret")) {
            they.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            till, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", 16_000.0)))))
                    .all()
                    .get();
            theirs.cluster()
                    .change(List.of(new MetalogRecord.TenantLimited(
                            new TenantLimits(OptionalLong.of(16_000), OptionalLong.of(16_000), OptionalLong.empty()))));
            assertThat(we.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get())
                    .isEmpty();
        }
        double before = received("kc_test");

        assertThat(produced(theirs, "their secret")).isPositive();
        assertThat(received("kc_test")).isEqualTo(before);
        assertThat(received("kc_theirs")).isGreaterThan(200_000);
        assertThat(produced(ours, "our secret")).isZero();
        assertThat(pauses("kc_theirs")).isPositive();
        assertThat(pauses("kc_test")).isZero();
        assertThat(ours.registry()
                        .get("penstock.tenant.limit")
                        .tag("tenant", "tn_test")
                        .tag("limit", "produce")
                        .gauge()
                        .value())
                .isNaN();
    }

    @Test
    void transactionsOfASecuredClusterGoTheirOwnWay() throws Exception {
        try (KafkaProducer<String, String> we = transactional(ours, "our secret");
                KafkaProducer<String, String> they = transactional(theirs, "their secret")) {
            we.beginTransaction();
            we.send(new ProducerRecord<>("orders", "k", "ours")).get();
            they.beginTransaction(); // the same id elsewhere fences nobody here
            they.send(new ProducerRecord<>("orders", "k", "taken back")).get();
            they.abortTransaction();
            we.commitTransaction();
            they.beginTransaction();
            they.send(new ProducerRecord<>("orders", "k", "theirs")).get();
            they.commitTransaction();
        }

        assertThat(committedRecords(ours, "our secret")).containsExactly("ours");
        assertThat(committedRecords(theirs, "their secret")).containsExactly("theirs");
    }

    private static KafkaProducer<String, String> transactional(BrokerInMemory broker, String secret) {
        Map<String, Object> settings = as(secret);
        settings.remove("group.id");
        settings.put("transactional.id", "settlement");
        KafkaProducer<String, String> producer = Clients.producer(broker, settings);
        producer.initTransactions();
        return producer;
    }

    private static List<String> committedRecords(BrokerInMemory broker, String secret) {
        Map<String, Object> settings = as(secret);
        settings.put("isolation.level", "read_committed");
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker, settings)) {
            consumer.assign(List.of(ORDERS));
            consumer.seekToBeginning(consumer.assignment());
            return Clients.records(consumer, 1).stream()
                    .map(ConsumerRecord::value)
                    .toList();
        }
    }
}
