// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// How Kafka's own Java clients are set. The producer is always idempotent with acks=all.
public enum Client {
    /// As a person gets it who sets nothing: batches of 16 KiB, which every service finds hard.
    DEFAULT(Map.of()),
    /// As a person sets it who wants throughput: batches of 256 KiB, 5 ms of linger, room to keep them full.
    KIND(Map.of(
            ProducerConfig.BATCH_SIZE_CONFIG,
            256 << 10,
            ProducerConfig.LINGER_MS_CONFIG,
            5,
            ProducerConfig.BUFFER_MEMORY_CONFIG,
            64L << 20));

    private final Map<String, Object> settings;

    Client(Map<String, Object> settings) {
        this.settings = settings;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    KafkaProducer<byte[], byte[]> producer(String bootstrapServers) {
        Properties properties = properties(bootstrapServers);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.putAll(settings);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        return properties;
    }

    public static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
        Properties properties = properties(bootstrapServers);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
