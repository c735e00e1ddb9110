// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/// A topic full of old records, and a group that reads it from the beginning, again and again until closed: the work
/// that must not be felt by those who read and write at the end of other topics.
final class Backlog implements AutoCloseable {
    private static final int PARTITIONS = 12;
    private static final int RECORD_BYTES = 1024;
    private static final String GROUP = "-reader";

    private final String bootstrapServers;
    private final String topic;
    private final AtomicLong bytesRead = new AtomicLong();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread reader = new Thread(this::read, "drill-backlog");
    private volatile boolean stopping;

    private Backlog(String bootstrapServers, String topic) {
        this.bootstrapServers = bootstrapServers;
        this.topic = topic;
        this.consumer = consumer();
    }

    /// Writes the topic, as fast as it is taken, and begins to read it.
    ///
    /// @throws IllegalStateException if a record was refused
    static Backlog of(double gib, Machine machine) throws ExecutionException, InterruptedException {
        String topic = "drill-backlog-" + System.currentTimeMillis();
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, machine.bootstrapServers());
        try (Admin admin = Admin.create(properties)) {
            admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) -1)))
                    .all()
                    .get();
        }
        properties.put(ProducerConfig.BATCH_SIZE_CONFIG, 256 << 10);
        properties.put(ProducerConfig.LINGER_MS_CONFIG, 5);
        AtomicReference<@Nullable Exception> refused = new AtomicReference<>();
        byte[] value = new byte[RECORD_BYTES];
        new SplittableRandom(42).nextBytes(value);
        long records = (long) (gib * (1 << 30)) / RECORD_BYTES;
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            for (long number = 0; number < records && refused.get() == null; number++) {
                producer.send(new ProducerRecord<>(topic, (int) (number % PARTITIONS), null, value), (_, failure) -> {
                    if (failure != null) {
                        refused.compareAndSet(null, failure);
                    }
                });
            }
            producer.flush();
        }
        Exception why = refused.get();
        if (why != null) {
            throw new IllegalStateException("the backlog could not be written", why);
        }
        Backlog backlog = new Backlog(machine.bootstrapServers(), topic);
        backlog.reader.start();
        return backlog;
    }

    long mebibytesRead() {
        return bytesRead.get() >> 20;
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, topic + GROUP);
        properties.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 5000);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    private void read() {
        List<TopicPartition> all = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        try (consumer) {
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!stopping) {
                try {
                    var polled = consumer.poll(Duration.ofMillis(200));
                    for (ConsumerRecord<byte[], byte[]> record : polled) {
                        bytesRead.addAndGet(record.serializedValueSize());
                    }
                    polled.nextOffsets().keySet().forEach(partition -> {
                        if (consumer.currentLag(partition).orElse(1) == 0) {
                            consumer.seek(partition, 0);
                        }
                    });
                } catch (WakeupException _) {
                    return;
                } catch (KafkaException _) {
                    // A broker is dead; the consumer looks for another.
                }
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            reader.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
