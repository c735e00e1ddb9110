// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.request.handlers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.broker.testing.BrokerInMemory;
import io.penstock.broker.testing.Clients;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DeletedRecords;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.PolicyViolationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeleteRecordsTest {
    private static final BrokerInMemory broker = BrokerInMemory.started();
    private static final Admin admin = Clients.admin(broker);

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    private static TopicPartition filled(String topic, Map<String, String> configs) {
        broker.cluster().createTopic(topic, 1, configs);
        try (KafkaProducer<String, String> producer = Clients.producer(broker, Map.of("linger.ms", 0))) {
            IntStream.range(0, 10).forEach(i -> {
                producer.send(new ProducerRecord<>(topic, "k" + i, "v" + i));
                producer.flush();
            });
        }
        return new TopicPartition(topic, 0);
    }

    private static long delete(TopicPartition partition, long offset) throws Exception {
        var answers = admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(offset)))
                .lowWatermarks();
        return answer(answers, partition);
    }

    private static long answer(Map<TopicPartition, KafkaFuture<DeletedRecords>> answers, TopicPartition partition)
            throws Exception {
        return Objects.requireNonNull(answers.get(partition)).get().lowWatermark();
    }

    private static long earliest(TopicPartition partition) throws Exception {
        return admin.listOffsets(Map.of(partition, OffsetSpec.earliest()))
                .partitionResult(partition)
                .get()
                .offset();
    }

    @Test
    void recordsBelowTheOffsetAreGone() throws Exception {
        TopicPartition partition = filled("some", Map.of());

        assertThat(delete(partition, 4)).isEqualTo(4);

        assertThat(earliest(partition)).isEqualTo(4);
        try (KafkaConsumer<String, String> consumer = Clients.consumer(broker, Map.of("auto.offset.reset", "none"))) {
            consumer.assign(List.of(partition));
            consumer.seek(partition, 4);
            assertThat(Clients.records(consumer, 6))
                    .extracting(ConsumerRecord::value)
                    .containsExactly("v4", "v5", "v6", "v7", "v8", "v9");
            consumer.seek(partition, 3);
            assertThatThrownBy(() -> Clients.records(consumer, 1)).isInstanceOf(OffsetOutOfRangeException.class);
            assertThat(consumer.beginningOffsets(List.of(partition))).containsEntry(partition, 4L);
        }
    }

    @Test
    void minusOneMeansTheHighWatermark() throws Exception {
        TopicPartition partition = filled("all", Map.of());

        assertThat(delete(partition, -1)).isEqualTo(10);

        assertThat(earliest(partition)).isEqualTo(10);
        // An offset that is below the log start already is no error.
        assertThat(delete(partition, 3)).isEqualTo(10);
    }

    @Test
    void beyondTheHighWatermarkIsOutOfRange() {
        TopicPartition partition = filled("beyond", Map.of());

        assertThatThrownBy(() -> delete(partition, 11))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(org.apache.kafka.common.errors.OffsetOutOfRangeException.class);
    }

    @Test
    void eachPartitionHasItsOwnAnswer() throws Exception {
        TopicPartition compacted = filled("by-key", Map.of("cleanup.policy", "compact"));
        TopicPartition both = filled("by-both", Map.of("cleanup.policy", "compact,delete"));
        TopicPartition internal = filled("__consumer_offsets", Map.of());

        var answers = admin.deleteRecords(Map.of(
                        compacted, RecordsToDelete.beforeOffset(2),
                        both, RecordsToDelete.beforeOffset(2),
                        internal, RecordsToDelete.beforeOffset(0)))
                .lowWatermarks();

        assertThat(answer(answers, both)).isEqualTo(2);
        assertThatThrownBy(() -> answer(answers, compacted)).hasCauseInstanceOf(PolicyViolationException.class);
        assertThatThrownBy(() -> answer(answers, internal)).hasCauseInstanceOf(InvalidTopicException.class);
        assertThat(earliest(compacted)).isZero();
    }
}
