// SPDX-License-Identifier: Apache-2.0
package io.penstock.broker.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// Apache Kafka's own clients, for a broker in memory.
public final class Clients {
    private Clients() {}

    public static KafkaProducer<String, String> producer(BrokerInMemory broker, Map<String, Object> more) {
        Map<String, Object> config = base(broker, more);
        config.putIfAbsent("max.block.ms", 10_000);
        config.putIfAbsent("delivery.timeout.ms", 15_000);
        config.putIfAbsent("request.timeout.ms", 10_000);
        return new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
    }

    public static KafkaConsumer<String, String> consumer(BrokerInMemory broker, Map<String, Object> more) {
        Map<String, Object> config = base(broker, more);
        config.putIfAbsent("auto.offset.reset", "earliest");
        return new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer());
    }

    public static Admin admin(BrokerInMemory broker) {
        return admin(broker, 15_000);
    }

    public static Admin admin(BrokerInMemory broker, int timeoutMillis) {
        return Admin.create(base(
                broker,
                Map.of("default.api.timeout.ms", timeoutMillis, "request.timeout.ms", Math.min(timeoutMillis, 5000))));
    }

    private static Map<String, Object> base(BrokerInMemory broker, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", broker.bootstrapServers());
        return config;
    }

    /// Polls until so many records have come; the test's own time-out ends it if they do not.
    public static List<ConsumerRecord<String, String>> records(KafkaConsumer<String, String> consumer, int count) {
        List<ConsumerRecord<String, String>> records = new ArrayList<>();
        while (records.size() < count) {
            consumer.poll(Duration.ofMillis(200)).forEach(records::add);
        }
        return records;
    }
}
