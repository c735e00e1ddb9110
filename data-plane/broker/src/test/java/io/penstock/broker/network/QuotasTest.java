// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.network;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Timer;
import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import io.penstock.metadata.MetalogRecord;
import io.penstock.metadata.TenantLimits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.DeleteTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.ThrottlingQuotaExceededException;
import org.apache.kafka.common.quota.ClientQuotaAlteration;
import org.apache.kafka.common.quota.ClientQuotaEntity;
import org.apache.kafka.common.quota.ClientQuotaFilter;
import org.apache.kafka.common.quota.ClientQuotaFilterComponent;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(90)
class QuotasTest {
    private static final ClientQuotaEntity FLOOD = new ClientQuotaEntity(Map.of(ClientQuotaEntity.CLIENT_ID, "flood"));
    private static final ClientQuotaEntity ALL_ADDRESSES = byDefault(ClientQuotaEntity.IP);

    /// Less than what four records of 50,000 bytes come to in a second, and more than three do: Kafka looks
    /// at the last ten to eleven seconds.
    private static final double LESS_THAN_SENT = 16_000;

    /// More than what one producer sends here, and less than two.
    private static final long LESS_THAN_SENT_BY_TWO = 30_000;

    private final BrokerInMemory broker = BrokerInMemory.started();

    @AfterEach
    void stop() {
        broker.close();
    }

    private static ClientQuotaEntity byDefault(String type) {
        Map<String, String> entity = new HashMap<>();
        entity.put(type, null);
        return new ClientQuotaEntity(entity);
    }

    private void set(ClientQuotaEntity entity, String key, double value) throws Exception {
        try (Admin admin = Clients.admin(broker)) {
            admin.alterClientQuotas(List.of(
                            new ClientQuotaAlteration(entity, List.of(new ClientQuotaAlteration.Op(key, value)))))
                    .all()
                    .get();
        }
    }

    private static double longest(Map<MetricName, ? extends Metric> metrics, String name) {
        return metrics.entrySet().stream()
                .filter(metric -> metric.getKey().name().equals(name))
                .mapToDouble(metric -> (double) metric.getValue().metricValue())
                .max()
                .orElseThrow();
    }

    /// How long a producer was asked to pause at most, in milliseconds.
    private double produced(String clientId) throws Exception {
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker, Map.of("client.id", clientId, "batch.size", 1))) {
            for (int i = 0; i < 4; i++) {
                producer.send(new ProducerRecord<>("t", "k", "v".repeat(50_000)))
                        .get();
            }
            return longest(producer.metrics(), "produce-throttle-time-max");
        }
    }

    /// How long a consumer of all of it was asked to pause at most, in milliseconds.
    private double fetched(String clientId) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(
                broker, Map.of("client.id", clientId, "group.id", "g", "max.partition.fetch.bytes", 60_000))) {
            consumer.assign(List.of(new TopicPartition("t", 0)));
            consumer.seekToBeginning(consumer.assignment());
            assertThat(Clients.records(consumer, 4)).hasSize(4);
            return longest(consumer.metrics(), "fetch-throttle-time-max");
        }
    }

    private long pauses(String quota) {
        Timer timer = broker.cluster()
                .registry()
                .get("penstock.cluster.throttle")
                .tag("quota", quota)
                .timer();
        return timer.count();
    }

    @Test
    void whoProducesBeyondItsQuotaIsAskedToPauseAndNobodyElse() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        set(FLOOD, "producer_byte_rate", LESS_THAN_SENT);

        assertThat(produced("other")).isZero();
        assertThat(pauses("produce")).isZero();
        assertThat(produced("flood")).isPositive();
        assertThat(pauses("produce")).isPositive();
    }

    @Test
    void whoFetchesBeyondItsQuotaIsAskedToPauseAndNobodyElse() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        produced("other");
        set(FLOOD, "consumer_byte_rate", LESS_THAN_SENT);

        assertThat(fetched("other")).isZero();
        assertThat(fetched("flood")).isPositive();
        assertThat(pauses("fetch")).isPositive();
    }

    @Test
    void whoTakesMoreTimeThanItsQuotaIsAskedToPause() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        set(FLOOD, "request_percentage", 0.000_1);

        assertThat(produced("flood")).isPositive();
        assertThat(pauses("request")).isPositive();
    }

    @Test
    void aTenantsLimitHoldsForAllOfItsClientsTogether() throws Exception {
        broker.cluster().createTopic("t", 1, Map.of());
        broker.cluster()
                .change(List.of(new MetalogRecord.TenantLimited(new TenantLimits(
                        OptionalLong.of(LESS_THAN_SENT_BY_TWO),
                        OptionalLong.of((long) LESS_THAN_SENT),
                        OptionalLong.empty()))));

        assertThat(produced("first")).isZero();
        assertThat(produced("second")).isPositive();
        assertThat(pauses("tenant_produce")).isPositive();
        assertThat(fetched("third")).isPositive();
        assertThat(pauses("tenant_fetch")).isPositive();
        assertThat(broker.cluster()
                        .registry()
                        .get("penstock.tenant.limit")
                        .tag("limit", "produce")
                        .gauge()
                        .value())
                .isEqualTo(LESS_THAN_SENT_BY_TWO);
    }

    @Test
    void changesOfTopicsBeyondTheQuotaAreRefusedToClientsThatKnowSuchAnswers() throws Exception {
        set(byDefault(ClientQuotaEntity.USER), "controller_mutation_rate", 1.0);
        try (Admin admin = Clients.admin(broker)) {
            // A bucket of eleven, which may be overdrawn once.
            admin.createTopics(List.of(new NewTopic("a", 40, (short) 1))).all().get();

            assertThatThrownBy(() -> admin.createTopics(
                                    List.of(new NewTopic("b", 1, (short) 1)),
                                    new CreateTopicsOptions().retryOnQuotaViolation(false))
                            .all()
                            .get())
                    .hasCauseInstanceOf(ThrottlingQuotaExceededException.class)
                    .satisfies(failure -> assertThat(
                                    ((ThrottlingQuotaExceededException) requireNonNull(failure.getCause()))
                                            .throttleTimeMs())
                            .isPositive());
        }
        try (Admin admin = Clients.admin(broker)) { // on a connection that need not pause
            assertThatThrownBy(() -> admin.deleteTopics(
                                    List.of("a"), new DeleteTopicsOptions().retryOnQuotaViolation(false))
                            .all()
                            .get())
                    .hasCauseInstanceOf(ThrottlingQuotaExceededException.class);
        }
        set(byDefault(ClientQuotaEntity.USER), "controller_mutation_rate", 1e6);
        try (Admin admin = Clients.admin(broker)) {
            assertThat(admin.listTopics().names().get()).containsExactly("a");
            admin.createPartitions(Map.of("a", NewPartitions.increaseTo(41)))
                    .all()
                    .get();
        }
        assertThat(pauses("controller_mutation")).isEqualTo(2);
    }

    @Test
    void anAddressThatConnectsTooOftenIsShutOut() throws Exception {
        set(ALL_ADDRESSES, "connection_creation_rate", 1);
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        List<Socket> sockets = new ArrayList<>();
        // Ten in ten seconds are let in.
        for (int i = 0; i < 14; i++) {
            Socket socket = new Socket(
                    InetAddress.getLoopbackAddress(), broker.address().getPort());
            sockets.add(socket);
            Thread.startVirtualThread(() -> ends.add(read(socket)));
        }

        for (int i = 0; i < 4; i++) {
            assertThat(ends.take()).isEqualTo(-1);
        }
        assertThat(pauses("connections")).isEqualTo(4);
        assertThat(ends).isEmpty();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private static int read(Socket socket) {
        try {
            return socket.getInputStream().read();
        } catch (IOException e) {
            return -2;
        }
    }

    @Test
    void connectionsBeyondTheTenantsLimitAreLetInLater() throws Exception {
        broker.cluster()
                .change(List.of(new MetalogRecord.TenantLimited(
                        new TenantLimits(OptionalLong.empty(), OptionalLong.empty(), OptionalLong.of(1)))));
        for (int i = 0; i < 11; i++) {
            new Socket(InetAddress.getLoopbackAddress(), broker.address().getPort()).close();
        }

        try (Admin admin = Clients.admin(broker)) {
            assertThat(admin.describeCluster().nodes().get()).hasSize(1);
        }
        assertThat(pauses("tenant_connections")).isPositive();
        assertThat(pauses("connections")).isZero();
    }

    @Test
    void adminClientsSeeWhatTheyHaveSet() throws Exception {
        ClientQuotaEntity both =
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.USER, "shop", ClientQuotaEntity.CLIENT_ID, "flood"));
        set(FLOOD, "producer_byte_rate", 100_000.0);
        set(both, "consumer_byte_rate", 5.0);
        set(byDefault(ClientQuotaEntity.USER), "request_percentage", 12.5);
        set(ALL_ADDRESSES, "connection_creation_rate", 7);
        try (Admin admin = Clients.admin(broker)) {
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get())
                    .containsOnlyKeys(FLOOD, both, byDefault(ClientQuotaEntity.USER), ALL_ADDRESSES)
                    .containsEntry(FLOOD, Map.of("producer_byte_rate", 100_000.0))
                    .containsEntry(ALL_ADDRESSES, Map.of("connection_creation_rate", 7.0));
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.containsOnly(
                                    List.of(ClientQuotaFilterComponent.ofEntity(ClientQuotaEntity.CLIENT_ID, "flood"))))
                            .entities()
                            .get())
                    .containsOnlyKeys(FLOOD);
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.contains(
                                    List.of(ClientQuotaFilterComponent.ofEntityType(ClientQuotaEntity.CLIENT_ID))))
                            .entities()
                            .get())
                    .containsOnlyKeys(FLOOD, both);

            admin.alterClientQuotas(List.of(new ClientQuotaAlteration(
                            FLOOD, List.of(new ClientQuotaAlteration.Op("producer_byte_rate", null)))))
                    .all()
                    .get();
            assertThat(admin.describeClientQuotas(ClientQuotaFilter.all())
                            .entities()
                            .get())
                    .doesNotContainKey(FLOOD);
        }
    }

    private void refused(ClientQuotaEntity entity, String key, double value, String why) {
        assertThatThrownBy(() -> set(entity, key, value))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(InvalidRequestException.class)
                .hasMessageContaining(why);
    }

    @Test
    void whatCannotBeAQuotaIsRefusedInKafkasWords() {
        refused(FLOOD, "producer_byte_rate", -1, "must be greater than 0");
        refused(FLOOD, "producer_byte_rate", 1.5, "cannot be a fractional value");
        refused(FLOOD, "connection_creation_rate", 5, "Invalid configuration key");
        refused(ALL_ADDRESSES, "producer_byte_rate", 5, "Invalid configuration key");
        refused(ALL_ADDRESSES, "connection_creation_rate", 1e10, "is too large for a");
        refused(
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, "no.such.host.example")),
                "connection_creation_rate",
                5,
                "is not an IP address");
        refused(
                new ClientQuotaEntity(Map.of(ClientQuotaEntity.IP, "127.0.0.1", ClientQuotaEntity.USER, "u")),
                "connection_creation_rate",
                5,
                "should not be combined");
    }
}
