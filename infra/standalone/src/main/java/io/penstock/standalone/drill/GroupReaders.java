// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A consumer group that reads and commits while the drill goes on. Rebalances and retries may show it a record twice:
/// that is Kafka's promise to groups.
final class GroupReaders implements AutoCloseable {
    private final List<Reader> readers = new ArrayList<>();
    private final List<BitSet> seen = new ArrayList<>();
    private final Latencies delays = new Latencies();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final String bootstrapServers;
    private final String group;
    private final String topic;
    private final long run;

    GroupReaders(String bootstrapServers, String group, String topic, int partitions, long run) {
        this.bootstrapServers = bootstrapServers;
        this.group = group;
        this.topic = topic;
        this.run = run;
        for (int partition = 0; partition < partitions; partition++) {
            seen.add(new BitSet());
        }
    }

    void addMember() {
        Reader reader = new Reader("drill-reader-" + readers.size());
        readers.add(reader);
        reader.thread.start();
    }

    /// How many acknowledged records no member has seen with the right content.
    long missing(List<long[]> acknowledged) {
        long missing = 0;
        for (int partition = 0; partition < acknowledged.size(); partition++) {
            BitSet bits = seen.get(partition);
            long[] offsets = acknowledged.get(partition);
            synchronized (bits) {
                for (int record = 0; record < offsets.length; record++) {
                    if (offsets[record] >= 0 && !bits.get(record)) {
                        missing++;
                    }
                }
            }
        }
        return missing;
    }

    long records() {
        long records = 0;
        for (BitSet bits : seen) {
            synchronized (bits) {
                records += bits.cardinality();
            }
        }
        return records;
    }

    /// From each record's making to its first reading, since the last call.
    Latencies.Summary delays() {
        return delays.take();
    }

    Map<String, AtomicLong> errors() {
        return errors;
    }

    @Override
    public void close() {
        for (Reader reader : readers) {
            reader.stopping = true;
            reader.consumer.wakeup();
        }
        for (Reader reader : readers) {
            try {
                reader.thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private final class Reader {
        private final KafkaConsumer<byte[], byte[]> consumer;
        private final Thread thread;
        private volatile boolean stopping;

        private Reader(String name) {
            Properties properties = new Properties();
            properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
            properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
            properties.put(ConsumerConfig.CLIENT_ID_CONFIG, name);
            properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
            properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, true);
            // A commit names every partition: no more than about a thousand a second.
            properties.put(ConsumerConfig.AUTO_COMMIT_INTERVAL_MS_CONFIG, Math.max(1000, seen.size()));
            properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
            this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
            this.thread = new Thread(this::read, name);
        }

        private void read() {
            try (consumer) {
                consumer.subscribe(List.of(topic));
                while (!stopping) {
                    try {
                        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                            Payload.record(record.value(), run, record.partition())
                                    .ifPresent(number -> {
                                        BitSet bits = seen.get(record.partition());
                                        synchronized (bits) {
                                            if (bits.get(number)) {
                                                return;
                                            }
                                            bits.set(number);
                                        }
                                        delays.add(TimeUnit.MILLISECONDS.toNanos(
                                                System.currentTimeMillis() - record.timestamp()));
                                    });
                        }
                    } catch (WakeupException stop) {
                        return;
                    } catch (KafkaException failure) {
                        errors.computeIfAbsent(failure.getClass().getSimpleName(), name -> new AtomicLong())
                                .incrementAndGet();
                    }
                }
            }
        }
    }
}
