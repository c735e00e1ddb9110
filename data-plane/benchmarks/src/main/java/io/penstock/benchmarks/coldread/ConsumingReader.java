// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.coldread;

import io.penstock.benchmarks.endtoend.Client;
import io.penstock.benchmarks.endtoend.LoadSettings;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;

/// A Kafka consumer with settings of its own making none: from the beginning of a topic to its end.
final class ConsumingReader {
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private ConsumingReader() {}

    /// @param arguments bootstrap servers, the topic to warm up with, the topic to be measured
    public static void main(String[] arguments) throws Exception {
        Reader.serve(() -> read(arguments[0], arguments[1]), () -> read(arguments[0], arguments[2]));
    }

    private static long read(String bootstrapServers, String topic) {
        List<TopicPartition> all = IntStream.range(0, LoadSettings.PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        long bytes = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = Client.consumer(bootstrapServers)) {
            consumer.assign(all);
            long missing = consumer.endOffsets(all).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            consumer.seekToBeginning(all);
            long progress = System.nanoTime();
            while (missing > 0) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    missing--;
                    bytes += record.serializedValueSize();
                    progress = System.nanoTime();
                }
                if (System.nanoTime() - progress > SILENCE.toNanos()) {
                    throw new IllegalStateException(missing + " records of " + topic + " never came");
                }
            }
        }
        return bytes;
    }
}
