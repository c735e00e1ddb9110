// SPDX-License-Identifier: Apache-2.0
package io.penstock.interop;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/// What an application does whose client is years old: loaded together with that client, apart from the newest one.
/// Topic `old` is there. Gets `bootstrap.servers`, gives what readers of committed records saw and the group's offset.
public final class OldGeneration implements Function<String, List<String>> {
    private static final TopicPartition PARTITION = new TopicPartition("old", 0);

    @Override
    public List<String> apply(String servers) {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(OldGeneration.class.getClassLoader());
        Callable<List<String>> work = () -> work(servers);
        try {
            return work.call();
        } catch (Exception failed) {
            throw new IllegalStateException(failed);
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    @SuppressWarnings("deprecation")
    private static List<String> work(String servers) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", servers);
        config.put("transactional.id", "old");
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(config, new StringSerializer(), new StringSerializer())) {
            producer.initTransactions();
            for (int n = 0; n < 4; n++) {
                producer.beginTransaction();
                producer.send(new ProducerRecord<>("old", 0, null, "o" + n));
                // Not by the class that replaced it, which such a client does not know.
                sendOffsets(producer, n);
                if (n % 2 == 0) {
                    producer.commitTransaction();
                } else {
                    producer.flush();
                    producer.abortTransaction();
                }
            }
        }
        config.remove("transactional.id");
        config.put("group.id", "old");
        config.put("isolation.level", "read_committed");
        config.put("enable.auto.commit", false);
        List<String> seen = new ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(Collections.singletonList(PARTITION));
            consumer.seekToBeginning(Collections.singletonList(PARTITION));
            while (seen.size() < 2) {
                consumer.poll(Duration.ofMillis(100)).forEach(record -> seen.add(record.value()));
            }
        }
        return seen;
    }

    private static void sendOffsets(KafkaProducer<String, String> producer, int n) {
        Map<TopicPartition, OffsetAndMetadata> offsets = Collections.singletonMap(PARTITION, new OffsetAndMetadata(n));
        try {
            KafkaProducer.class
                    .getMethod("sendOffsetsToTransaction", Map.class, String.class)
                    .invoke(producer, offsets, "old");
        } catch (ReflectiveOperationException failed) {
            throw new IllegalStateException(failed);
        }
    }
}
