// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.transactions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Apache Kafka's client against one broker, with the protocol of transactions of both generations.
@Timeout(120)
class TransactionsTest {
    private static final TransactionSettings IMPATIENT = new TransactionSettings(
            Duration.ofMinutes(15),
            Duration.ofDays(7),
            Duration.ofMillis(100),
            Duration.ofHours(1),
            Duration.ofSeconds(1),
            Duration.ofMillis(20));
    private static final Map<Integer, BrokerInMemory> BROKERS = new ConcurrentHashMap<>();

    private static BrokerInMemory broker(int version) {
        return BROKERS.computeIfAbsent(version, any -> BrokerInMemory.started(version, IMPATIENT));
    }

    @AfterAll
    static void stop() {
        BROKERS.values().forEach(BrokerInMemory::close);
    }

    private static KafkaProducer<String, String> producer(BrokerInMemory broker, String id, Object... more) {
        Map<String, Object> config = new HashMap<>(Map.of("transactional.id", id, "linger.ms", 0));
        for (int i = 0; i < more.length; i += 2) {
            config.put((String) more[i], more[i + 1]);
        }
        KafkaProducer<String, String> producer = Clients.producer(broker, config);
        producer.initTransactions();
        return producer;
    }

    private static void send(KafkaProducer<String, String> producer, String topic, int partitions, String value) {
        for (int partition = 0; partition < partitions; partition++) {
            producer.send(new ProducerRecord<>(topic, partition, "k", value));
        }
        producer.flush();
    }

    private static String topic(BrokerInMemory broker, int partitions) {
        String name = "t-" + UUID.randomUUID();
        broker.cluster().createTopic(name, partitions, Map.of());
        return name;
    }

    /// All that readers of committed records see, up to where they may read.
    private static List<String> committed(BrokerInMemory broker, String topic, int partition) {
        TopicPartition tp = new TopicPartition(topic, partition);
        try (KafkaConsumer<String, String> consumer =
                Clients.consumer(broker, Map.of("isolation.level", "read_committed"))) {
            consumer.assign(List.of(tp));
            consumer.seekToBeginning(List.of(tp));
            long end = requireNonNull(consumer.endOffsets(List.of(tp)).get(tp));
            List<String> values = new ArrayList<>();
            while (consumer.position(tp) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
            return values;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatIsCommittedIsReadAndWhatIsAbortedIsNot(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 3);
        try (KafkaProducer<String, String> producer = producer(broker, "commit-" + version)) {
            producer.beginTransaction();
            send(producer, topic, 3, "a");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, topic, 3, "b");
            producer.abortTransaction();
            producer.beginTransaction();
            send(producer, topic, 3, "c");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, topic, 3, "open");
            for (int partition = 0; partition < 3; partition++) {
                int tp = partition;
                await().untilAsserted(
                                () -> assertThat(committed(broker, topic, tp)).containsExactly("a", "c"));
            }
            producer.abortTransaction();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aNewProducerShutsOutTheOneBeforeAndEndsItsTransaction(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 1);
        try (KafkaProducer<String, String> zombie = producer(broker, "fence-" + version)) {
            zombie.beginTransaction();
            send(zombie, topic, 1, "zombie");
            try (KafkaProducer<String, String> heir = producer(broker, "fence-" + version)) {
                heir.beginTransaction();
                send(heir, topic, 1, "heir");
                heir.commitTransaction();
            }
            assertThatThrownBy(() -> {
                        zombie.send(new ProducerRecord<>(topic, 0, "k", "late"));
                        zombie.commitTransaction();
                    })
                    .isInstanceOf(KafkaException.class);
        }
        await().untilAsserted(() -> assertThat(committed(broker, topic, 0)).containsExactly("heir"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aTransactionThatIsOpenForTooLongIsAborted(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 1);
        try (KafkaProducer<String, String> slow = producer(broker, "slow-" + version, "transaction.timeout.ms", 1000);
                KafkaProducer<String, String> other = producer(broker, "other-" + version)) {
            slow.beginTransaction();
            send(slow, topic, 1, "late");
            other.beginTransaction();
            send(other, topic, 1, "in time");
            other.commitTransaction();

            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(committed(broker, topic, 0)).containsExactly("in time"));
            assertThatThrownBy(slow::commitTransaction).isInstanceOf(KafkaException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void offsetsOfATransactionCountWhenItIsCommitted(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 1);
        TopicPartition tp = new TopicPartition(topic, 0);
        String group = "g-" + version;
        try (KafkaProducer<String, String> producer = producer(broker, "offsets-" + version);
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker, Map.of("group.id", group, "isolation.level", "read_committed"))) {
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(tp, new OffsetAndMetadata(5)), consumer.groupMetadata());
            producer.commitTransaction();
            producer.beginTransaction();
            producer.sendOffsetsToTransaction(Map.of(tp, new OffsetAndMetadata(9)), consumer.groupMetadata());
            producer.abortTransaction();

            await().untilAsserted(() ->
                    assertThat(consumer.committed(Set.of(tp))).containsEntry(tp, new OffsetAndMetadata(5)));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aTransactionOutlivesItsCoordinator(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 2);
        try (KafkaProducer<String, String> producer = producer(broker, "reload-" + version)) {
            producer.beginTransaction();
            send(producer, topic, 1, "before");
            broker.reloadCoordinators();
            send(producer, topic, 2, "after");
            producer.commitTransaction();
        }
        await().untilAsserted(() -> assertThat(committed(broker, topic, 0)).containsExactly("before", "after"));
        await().untilAsserted(() -> assertThat(committed(broker, topic, 1)).containsExactly("after"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whatIsDecidedAndHasNotEndedIsEndedByTheNextCoordinator(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 2);
        try (KafkaProducer<String, String> producer = producer(broker, "prepared-" + version)) {
            producer.beginTransaction();
            send(producer, topic, 2, "decided");
            broker.loseMarkers(true);
            producer.commitTransaction();
            assertThat(committed(broker, topic, 0)).isEmpty();
            broker.reloadCoordinators();
            assertThat(committed(broker, topic, 1)).isEmpty();
            broker.loseMarkers(false);

            await().untilAsserted(() -> assertThat(committed(broker, topic, 0)).containsExactly("decided"));
            await().untilAsserted(() -> assertThat(committed(broker, topic, 1)).containsExactly("decided"));
            producer.beginTransaction();
            send(producer, topic, 2, "next");
            producer.commitTransaction();
        }
        await().untilAsserted(() -> assertThat(committed(broker, topic, 0)).containsExactly("decided", "next"));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void toolsSeeTransactionsAndTheirProducers(int version) throws Exception {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 1);
        String id = "tools-" + version;
        try (KafkaProducer<String, String> producer = producer(broker, id);
                Admin admin = Clients.admin(broker)) {
            producer.beginTransaction();
            send(producer, topic, 1, "v");
            producer.commitTransaction();
            producer.beginTransaction();
            send(producer, topic, 1, "v");

            var described =
                    admin.describeTransactions(List.of(id)).description(id).get();
            assertThat(described.state()).isEqualTo(TransactionState.ONGOING);
            assertThat(described.producerEpoch()).isEqualTo(version < 2 ? 0 : 1);
            assertThat(described.topicPartitions()).containsExactly(new TopicPartition(topic, 0));
            assertThat(admin.listTransactions(new ListTransactionsOptions().filterOnTransactionalIdPattern("tools-.*"))
                            .all()
                            .get())
                    .extracting(one -> one.transactionalId() + " " + one.state())
                    .containsExactly(id + " Ongoing");
            var partition = admin.describeProducers(List.of(new TopicPartition(topic, 0)))
                    .partitionResult(new TopicPartition(topic, 0))
                    .get();
            assertThat(partition.activeProducers()).hasSize(1).allSatisfy(active -> {
                assertThat(active.producerId()).isEqualTo(described.producerId());
                assertThat(active.currentTransactionStartOffset()).hasValue(2);
            });
            producer.abortTransaction();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aFencedProducerIsToldSo(int version) {
        BrokerInMemory broker = broker(version);
        String topic = topic(broker, 1);
        try (KafkaProducer<String, String> zombie = producer(broker, "told-" + version);
                KafkaProducer<String, String> heir = producer(broker, "told-" + version)) {
            zombie.beginTransaction();
            assertThatThrownBy(() -> {
                        zombie.send(new ProducerRecord<>(topic, 0, "k", "v")).get();
                        zombie.commitTransaction();
                    })
                    .satisfiesAnyOf(
                            thrown -> assertThat(thrown).isInstanceOf(ProducerFencedException.class),
                            thrown -> assertThat(thrown).hasRootCauseInstanceOf(KafkaException.class));
            heir.beginTransaction();
            heir.commitTransaction();
        }
    }
}
