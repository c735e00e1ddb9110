// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.authentication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import io.penstock.metadata.AccessRecords;
import io.penstock.metadata.Credential;
import io.penstock.metadata.ScramPlan;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeClusterOptions;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialDeletion;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.errors.ClusterAuthorizationException;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.errors.UnsupportedSaslMechanismException;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.apache.kafka.metadata.authorizer.StandardAcl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Apache Kafka's own clients at a listener that lets in nobody unknown.
@Timeout(90)
class SaslClientsTest {
    private final BrokerInMemory broker = BrokerInMemory.started(identities -> new ListenerPolicy(
            false, identities, Duration.ofSeconds(2), Duration.ofSeconds(1), Duration.ofMillis(1), 4096));

    @AfterEach
    void stop() {
        broker.close();
    }

    private void user(String user, String principal, ScramMechanism mechanism, String password) {
        broker.cluster()
                .change(List.of(
                        AccessRecords.setScram(user, mechanism, ScramPlan.keys(mechanism, password)),
                        AccessRecords.issue(new Credential(user, principal, 1, OptionalLong.empty()))));
    }

    private static AclBinding acl(ResourceType type, String name, String principal, AclOperation operation) {
        return new AclBinding(
                new ResourcePattern(type, name, PatternType.LITERAL),
                new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW));
    }

    private void allow(ResourceType type, String name, String principal, AclOperation operation) {
        broker.cluster()
                .change(List.of(AccessRecords.createAcl(
                        Uuid.randomUuid(), StandardAcl.fromAclBinding(acl(type, name, principal, operation)))));
    }

    private static Map<String, Object> as(String user, String password, String mechanism) {
        return new HashMap<>(Map.of(
                "security.protocol",
                "SASL_PLAINTEXT",
                "sasl.mechanism",
                mechanism,
                "sasl.jaas.config",
                "org.apache.kafka.common.security.%s required username=\"%s\" password=\"%s\";"
                        .formatted(
                                mechanism.equals("PLAIN") ? "plain.PlainLoginModule" : "scram.ScramLoginModule",
                                user,
                                password)));
    }

    private Admin admin(Map<String, Object> as) {
        as.put("bootstrap.servers", broker.bootstrapServers());
        as.put("default.api.timeout.ms", 15_000);
        as.put("request.timeout.ms", 5_000);
        return Admin.create(as);
    }

    @Test
    void aPrincipalDoesWhatItsAclsAllowWithAnyOfItsCredentials() throws Exception {
        broker.cluster().createTopic("orders", 1, Map.of());
        user("key_1", "sa_orders", ScramMechanism.SCRAM_SHA_512, "first");
        user("key_2", "sa_orders", ScramMechanism.SCRAM_SHA_256, "second");
        allow(ResourceType.TOPIC, "orders", "User:sa_orders", AclOperation.WRITE);
        allow(ResourceType.TOPIC, "orders", "User:sa_orders", AclOperation.READ);

        try (KafkaProducer<String, String> producer = Clients.producer(broker, as("key_1", "first", "SCRAM-SHA-512"));
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker, as("key_2", "second", "SCRAM-SHA-256"))) {
            producer.send(new ProducerRecord<>("orders", "k", "v")).get();
            consumer.assign(List.of(new TopicPartition("orders", 0)));

            assertThat(Clients.records(consumer, 1).getFirst().value()).isEqualTo("v");
        }
    }

    @Test
    void withoutAnAclTheErrorsAreKafkas() {
        broker.cluster().createTopic("orders", 1, Map.of());
        user("key_1", "sa_orders", ScramMechanism.SCRAM_SHA_512, "first");
        Map<String, Object> as = as("key_1", "first", "SCRAM-SHA-512");
        as.put("enable.idempotence", false);

        try (KafkaProducer<String, String> producer = Clients.producer(broker, as);
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker, as("key_1", "first", "SCRAM-SHA-512"));
                KafkaProducer<String, String> idempotent =
                        Clients.producer(broker, as("key_1", "first", "SCRAM-SHA-512"));
                Admin admin = admin(as("key_1", "first", "SCRAM-SHA-512"))) {
            consumer.assign(List.of(new TopicPartition("orders", 0)));
            consumer.seek(new TopicPartition("orders", 0), 0);

            assertThatThrownBy(() -> producer.send(new ProducerRecord<>("orders", "k", "v"))
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() -> consumer.poll(Duration.ofSeconds(5)))
                    .isInstanceOf(TopicAuthorizationException.class);
            allow(ResourceType.TOPIC, "orders", "User:sa_orders", AclOperation.DESCRIBE);
            assertThatThrownBy(() -> idempotent
                            .send(new ProducerRecord<>("orders", "k", "v"))
                            .get())
                    .hasRootCauseInstanceOf(ClusterAuthorizationException.class);
            assertThatThrownBy(() -> admin.createTopics(List.of(new NewTopic("new", 1, (short) 1)))
                            .all()
                            .get())
                    .hasCauseInstanceOf(TopicAuthorizationException.class);
            assertThatThrownBy(() ->
                            admin.describeAcls(AclBindingFilter.ANY).values().get())
                    .hasCauseInstanceOf(ClusterAuthorizationException.class);
        }
    }

    @Test
    void whoCannotProveItIsToldAsKafkaTells() {
        user("key_1", "sa_orders", ScramMechanism.SCRAM_SHA_512, "first");

        assertRefused(as("key_1", "wrong", "SCRAM-SHA-512"), SaslAuthenticationException.class, "invalid credentials");
        assertRefused(as("nobody", "first", "SCRAM-SHA-512"), SaslAuthenticationException.class, "invalid credentials");
        assertRefused(as("key_1", "first", "SCRAM-SHA-256"), SaslAuthenticationException.class, "invalid credentials");
        assertRefused(as("key_1", "first", "PLAIN"), UnsupportedSaslMechanismException.class, "SCRAM-SHA-512");
    }

    private void assertRefused(Map<String, Object> as, Class<? extends Throwable> error, String says) {
        try (Admin admin = admin(as)) {
            assertThatThrownBy(() -> admin.describeCluster().nodes().get())
                    .hasCauseInstanceOf(error)
                    .hasMessageContaining(says);
        }
    }

    @Test
    void aclsAndCredentialsAreMadeThroughKafka() throws Exception {
        user("admin", "admin", ScramMechanism.SCRAM_SHA_512, "admin-secret");
        allow(ResourceType.CLUSTER, "kafka-cluster", "User:admin", AclOperation.ALL);
        allow(ResourceType.TOPIC, "orders", "User:admin", AclOperation.ALL);
        AclBinding binding = acl(ResourceType.TOPIC, "orders", "User:alice", AclOperation.WRITE);
        broker.cluster().createTopic("orders", 1, Map.of());

        try (Admin admin = admin(as("admin", "admin-secret", "SCRAM-SHA-512"))) {
            admin.createAcls(List.of(binding)).all().get();
            admin.alterUserScramCredentials(List.of(new UserScramCredentialUpsertion(
                            "alice", new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_256, 4096), "alice-secret")))
                    .all()
                    .get();
            assertThat(admin.describeAcls(binding.toFilter()).values().get()).containsExactly(binding);
            assertThat(admin.describeUserScramCredentials(List.of("alice"))
                            .all()
                            .get())
                    .containsOnlyKeys("alice");
            assertThat(admin.describeCluster(new DescribeClusterOptions().includeAuthorizedOperations(true))
                            .authorizedOperations()
                            .get())
                    .contains(AclOperation.ALTER, AclOperation.CREATE);
            assertThat(admin.describeTopics(
                                    List.of("orders"), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                            .allTopicNames()
                            .get()
                            .values())
                    .first()
                    .satisfies(topic ->
                            assertThat(topic.authorizedOperations()).contains(AclOperation.WRITE, AclOperation.DELETE));
            try (KafkaProducer<String, String> alice =
                    Clients.producer(broker, as("alice", "alice-secret", "SCRAM-SHA-256"))) {
                alice.send(new ProducerRecord<>("orders", "k", "v")).get();
            }
            assertThat(admin.deleteAcls(List.of(binding.toFilter())).all().get())
                    .containsExactly(binding);
            admin.alterUserScramCredentials(
                            List.of(new UserScramCredentialDeletion("alice", ScramMechanism.SCRAM_SHA_256)))
                    .all()
                    .get();
        }
        assertRefused(as("alice", "alice-secret", "SCRAM-SHA-256"), SaslAuthenticationException.class, "invalid");
    }

    @Test
    void aSessionIsProlongedWithoutALostRecord() throws Exception {
        broker.cluster().createTopic("orders", 1, Map.of());
        user("key_1", "sa_orders", ScramMechanism.SCRAM_SHA_512, "first");
        allow(ResourceType.TOPIC, "orders", "User:sa_orders", AclOperation.WRITE);

        try (KafkaProducer<String, String> producer = Clients.producer(broker, as("key_1", "first", "SCRAM-SHA-512"))) {
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                producer.send(new ProducerRecord<>("orders", "k", "v")).get();
                return reauthentications(producer) >= 2;
            });
        }
    }

    private static double reauthentications(KafkaProducer<String, String> producer) {
        return producer.metrics().entrySet().stream()
                .filter(metric -> metric.getKey().name().equals("successful-reauthentication-total"))
                .filter(metric -> metric.getKey().group().equals("producer-metrics"))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .sum();
    }

    @Test
    void whoSaysNothingOrTooMuchIsClosed() throws IOException {
        try (Socket silent = new Socket(
                        broker.address().getAddress(), broker.address().getPort());
                Socket loud = new Socket(
                        broker.address().getAddress(), broker.address().getPort())) {
            loud.getOutputStream().write(ByteBuffer.allocate(4).putInt(4097).array());

            assertThat(loud.getInputStream().read()).isEqualTo(-1);
            assertThat(new DataInputStream(silent.getInputStream()).read()).isEqualTo(-1);
        }
    }
}
