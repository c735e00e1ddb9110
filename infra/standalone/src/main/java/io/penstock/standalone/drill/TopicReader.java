// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Reads a whole topic from its beginning, without a group.
final class TopicReader {
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private TopicReader() {}

    /// @throws IllegalStateException if the end is not reached although nothing came for half a minute
    static List<PartitionContent> read(String bootstrapServers, String topic, int partitions, long run) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        List<PartitionContent> contents = new ArrayList<>();
        IntStream.range(0, partitions).forEach(partition -> contents.add(new PartitionContent()));
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> all = IntStream.range(0, partitions)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all, Duration.ofSeconds(60));
            long lastProgress = System.nanoTime();
            while (!atEnd(consumer, ends)) {
                var polled = consumer.poll(Duration.ofMillis(500));
                if (!polled.isEmpty()) {
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > SILENCE.toNanos()) {
                    throw new IllegalStateException("the topic's end cannot be reached: " + ends + " wanted, positions "
                            + all.stream().map(consumer::position).toList());
                }
                for (ConsumerRecord<byte[], byte[]> record : polled) {
                    PartitionContent content = contents.get(record.partition());
                    OptionalInt number = Payload.record(record.value(), run, record.partition());
                    if (number.isPresent()) {
                        content.found(record.offset(), number.getAsInt());
                    } else {
                        content.foundDamaged();
                    }
                }
            }
        }
        return contents;
    }

    private static boolean atEnd(KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
        return ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }
}
