// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.history.Event;
import java.time.Duration;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// An idempotent producer at a steady rate over all partitions, whose every send and answer is told.
///
/// A failed send says nothing: it may have been written or not.
final class RecordedWriter implements AutoCloseable {
    private final int number;
    private final String topic;
    private final long run;
    private final int recordBytes;
    private final int recordsPerSecond;
    private final int[] sent;
    private final Consumer<Event> history;
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final KafkaProducer<byte[], byte[]> producer;
    private final Thread thread;
    private volatile boolean stopping;

    /// @param gaveUpAfter how long the producer tries before it fails a send
    RecordedWriter(
            int number,
            String bootstrapServers,
            String topic,
            int partitions,
            long run,
            int recordBytes,
            int recordsPerSecond,
            Duration gaveUpAfter,
            Consumer<Event> history) {
        this.number = number;
        this.topic = topic;
        this.run = run;
        this.recordBytes = recordBytes;
        this.recordsPerSecond = recordsPerSecond;
        this.sent = new int[partitions];
        this.history = history;
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ProducerConfig.CLIENT_ID_CONFIG, "chaos-writer-" + number);
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Math.toIntExact(gaveUpAfter.toMillis()));
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, gaveUpAfter.toMillis());
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
        this.producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        this.thread = new Thread(this::send, "chaos-writer-" + number);
        thread.start();
    }

    /// What the producer's callbacks were told, and how often.
    Map<String, AtomicLong> errors() {
        return errors;
    }

    /// Stops sending, and waits until every record has its answer.
    void finish() throws InterruptedException {
        stopping = true;
        thread.join();
        producer.flush();
        producer.close();
    }

    /// Goes away with records on their way, as a client does that is killed.
    @Override
    public void close() {
        stopping = true;
        producer.close(Duration.ZERO);
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send() {
        long started = System.nanoTime();
        long interval = TimeUnit.SECONDS.toNanos(1) / recordsPerSecond;
        for (long n = 0; !stopping; n++) {
            long due = started + n * interval;
            for (long now = System.nanoTime(); now < due && !stopping; now = System.nanoTime()) {
                LockSupport.parkNanos(due - now);
            }
            sendOne((int) (n % sent.length));
        }
    }

    private void sendOne(int partition) {
        int record = sent[partition]++;
        history.accept(new Event.Sent(number, partition, record));
        byte[] value = Payload.of(run, number, partition, record, recordBytes);
        try {
            producer.send(new ProducerRecord<>(topic, partition, null, value), (metadata, failure) -> {
                if (failure == null) {
                    history.accept(new Event.Acknowledged(number, partition, record, metadata.offset()));
                } else {
                    count(failure);
                }
            });
        } catch (KafkaException | IllegalStateException failure) {
            // The latter: closed under our hands.
            count(failure);
        }
    }

    private void count(Exception failure) {
        errors.computeIfAbsent(failure.getClass().getSimpleName(), name -> new AtomicLong())
                .incrementAndGet();
    }
}
