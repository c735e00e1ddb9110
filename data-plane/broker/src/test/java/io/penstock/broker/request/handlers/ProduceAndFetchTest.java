// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProduceAndFetchTest {
    private static final BrokerInMemory broker = BrokerInMemory.started();

    @AfterAll
    static void stop() {
        broker.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "snappy", "lz4", "zstd"})
    void whatWasProducedIsFetchedWithEveryCodec(String codec) throws Exception {
        String topic = "codec-" + codec;
        broker.cluster().createTopic(topic, 2, Map.of());
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker, Map.of("compression.type", codec, "linger.ms", 5))) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                sent.add(producer.send(new ProducerRecord<>(topic, i % 2, "k" + i, "v" + i)));
            }
            for (int i = 0; i < 500; i++) {
                assertThat(sent.get(i).get().offset()).isEqualTo(i / 2);
            }
        }
        assertThat(values(topic, 0, 250)).containsExactlyElementsOf(expected(0, 500, 2));
        assertThat(values(topic, 1, 250)).containsExactlyElementsOf(expected(1, 500, 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "all"})
    void acknowledgedRecordsHaveOffsets(String acks) throws Exception {
        String topic = "acks-" + acks;
        broker.cluster().createTopic(topic, 1, Map.of());
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker, Map.of("acks", acks, "enable.idempotence", false))) {
            assertThat(producer.send(new ProducerRecord<>(topic, "a")).get().offset())
                    .isZero();
            assertThat(producer.send(new ProducerRecord<>(topic, "b")).get().offset())
                    .isEqualTo(1);
        }
    }

    @Test
    void recordsSentWithoutAcknowledgementArrive() {
        broker.cluster().createTopic("acks-0", 1, Map.of());
        try (KafkaProducer<String, String> producer =
                Clients.producer(broker, Map.of("acks", "0", "enable.idempotence", false))) {
            for (int i = 0; i < 20; i++) {
                producer.send(new ProducerRecord<>("acks-0", "v" + i));
            }
            producer.flush();
        }
        assertThat(values("acks-0", 0, 20)).containsExactlyElementsOf(expected(0, 20, 1));
    }

    @Test
    void aWaitingFetchWakesWhenARecordBecomesDurable() throws Exception {
        broker.cluster().createTopic("wakes", 1, Map.of());
        try (KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker, Map.of("fetch.max.wait.ms", 50_000, "request.timeout.ms", 55_000));
                KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            consumer.assign(List.of(new TopicPartition("wakes", 0)));
            consumer.seek(new TopicPartition("wakes", 0), 0);
            // The fetch is sent and waits: nothing has been produced.
            assertThat(consumer.poll(Duration.ofMillis(300))).isEmpty();
            producer.send(new ProducerRecord<>("wakes", "now")).get();

            assertThat(Clients.records(consumer, 1))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("now");
            // The next fetch waits already: do not wait with it.
            consumer.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    @Test
    void aSessionOfManyPartitionsGetsEveryRecordOnce() throws Exception {
        broker.cluster().createTopic("session", 40, Map.of());
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker, Map.of());
                KafkaProducer<String, String> producer = Clients.producer(broker, Map.of("linger.ms", 1))) {
            List<TopicPartition> all = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                all.add(new TopicPartition("session", i));
            }
            consumer.assign(all);
            consumer.seekToBeginning(all);
            for (int round = 0; round < 5; round++) {
                List<String> sent = new ArrayList<>();
                for (int i = 0; i < 40; i++) {
                    String value = round + "-" + i;
                    producer.send(new ProducerRecord<>("session", i, "k", value));
                    sent.add(value);
                }
                producer.flush();
                assertThat(Clients.records(consumer, 40))
                        .extracting(ConsumerRecord::value)
                        .containsExactlyInAnyOrderElementsOf(sent);
                if (round == 2) {
                    consumer.assign(all.subList(0, 40));
                }
            }
        }
    }

    @Test
    void aSmallFetchLimitStillDeliversLargeBatches() throws Exception {
        broker.cluster().createTopic("limits", 2, Map.of());
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of());
                KafkaConsumer<String, String> consumer =
                        Clients.consumer(broker, Map.of("fetch.max.bytes", 100, "max.partition.fetch.bytes", 10))) {
            for (int i = 0; i < 6; i++) {
                producer.send(new ProducerRecord<>("limits", i % 2, "k", i + "x".repeat(5000)))
                        .get();
            }
            List<TopicPartition> both = List.of(new TopicPartition("limits", 0), new TopicPartition("limits", 1));
            consumer.assign(both);
            consumer.seekToBeginning(both);

            assertThat(Clients.records(consumer, 6)).hasSize(6);
        }
    }

    @Test
    void offsetsAreFoundByTime() throws Exception {
        broker.cluster().createTopic("times", 1, Map.of());
        long start = System.currentTimeMillis();
        TopicPartition partition = new TopicPartition("times", 0);
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of());
                KafkaConsumer<String, String> consumer = Clients.consumer(broker, Map.of())) {
            for (int i = 0; i < 10; i++) {
                producer.send(new ProducerRecord<>("times", 0, start - 1000 + i * 100L, "k", "v" + i))
                        .get();
            }

            OffsetAndTimestamp found = Objects.requireNonNull(
                    consumer.offsetsForTimes(Map.of(partition, start - 450)).get(partition));
            assertThat(found.offset()).isEqualTo(6);
            assertThat(found.timestamp()).isEqualTo(start - 400);
            assertThat(consumer.offsetsForTimes(Map.of(partition, start + 1_000_000))
                            .get(partition))
                    .isNull();
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 0L);
            assertThat(consumer.endOffsets(List.of(partition))).containsEntry(partition, 10L);
        }
    }

    @Test
    void aRecordThatTheTopicDoesNotTakeIsRefusedByName() {
        broker.cluster().createTopic("small", 1, Map.of("max.message.bytes", "1000"));
        broker.cluster().createTopic("timely", 1, Map.of("message.timestamp.before.max.ms", "1000"));
        broker.cluster().createTopic("keyed", 1, Map.of("cleanup.policy", "compact"));
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            assertFails(producer, new ProducerRecord<>("small", "x".repeat(2000)), RecordTooLargeException.class);
            assertFails(producer, new ProducerRecord<>("timely", 0, 5L, "k", "v"), InvalidTimestampException.class);
            assertFails(
                    producer,
                    new ProducerRecord<>("keyed", "no key"),
                    org.apache.kafka.common.InvalidRecordException.class);
        }
    }

    @Test
    void logAppendTimeIsTheBrokers() throws Exception {
        broker.cluster().createTopic("append-time", 1, Map.of("message.timestamp.type", "LogAppendTime"));
        long before = System.currentTimeMillis();
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of())) {
            RecordMetadata sent = producer.send(new ProducerRecord<>("append-time", 0, 5L, "k", "v"))
                    .get();
            assertThat(sent.timestamp()).isGreaterThanOrEqualTo(before);
        }
    }

    @Test
    void everyIdempotentProducerHasAnIdOfItsOwn() throws Exception {
        broker.cluster().createTopic("idempotent", 1, Map.of());
        for (int i = 0; i < 3; i++) {
            try (KafkaProducer<String, String> producer =
                    Clients.producer(broker, Map.of("enable.idempotence", true, "linger.ms", 0))) {
                for (int record = 0; record < 50; record++) {
                    producer.send(new ProducerRecord<>("idempotent", "v" + (i * 50 + record)));
                }
                producer.flush();
            }
        }
        assertThat(values("idempotent", 0, 150)).containsExactlyElementsOf(expected(0, 150, 1));
    }

    private static void assertFails(
            KafkaProducer<String, String> producer,
            ProducerRecord<String, String> record,
            Class<? extends Throwable> why) {
        Future<RecordMetadata> sent = producer.send(record);
        assertThatThrownBy(sent::get).isInstanceOf(ExecutionException.class).hasCauseInstanceOf(why);
    }

    private static List<String> values(String topic, int partition, int count) {
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker, Map.of())) {
            TopicPartition from = new TopicPartition(topic, partition);
            consumer.assign(List.of(from));
            consumer.seekToBeginning(List.of(from));
            return Clients.records(consumer, count).stream()
                    .map(ConsumerRecord::value)
                    .toList();
        }
    }

    private static List<String> expected(int first, int end, int step) {
        List<String> values = new ArrayList<>();
        for (int i = first; i < end; i += step) {
            values.add("v" + i);
        }
        return values;
    }
}
