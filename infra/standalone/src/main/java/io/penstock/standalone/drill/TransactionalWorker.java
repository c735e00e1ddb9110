// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// A consume-transform-produce application: reads inputs in a group, writes each of them to two topics, and commits
/// both
/// and its offsets in one transaction. Every fifth transaction is aborted on purpose, and done again.
final class TransactionalWorker {
    private static final int ABORT_EVERY = 5;
    private static final int TRANSACTION_TIMEOUT_MILLIS = 10_000;

    /// What all workers of a drill share.
    record Job(String bootstrapServers, String input, List<String> outputs, String group, int partitions, long run) {}

    private final Job job;
    private final String id;
    private final AtomicInteger transactions;
    private final Set<Integer> committed = ConcurrentHashMap.newKeySet();
    private final Set<Integer> aborted = ConcurrentHashMap.newKeySet();
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final Map<String, Long> slowest = new ConcurrentHashMap<>();
    private final AtomicLong restarts = new AtomicLong();
    private final Runnable onCommit;
    private final Thread thread;
    private volatile boolean stopping;

    /// @param transactions gives every transaction of the drill a number
    TransactionalWorker(Job job, int worker, AtomicInteger transactions, Runnable onCommit) {
        this.job = job;
        this.id = job.group() + "-" + worker;
        this.transactions = transactions;
        this.onCommit = onCommit;
        this.thread = new Thread(this::work, id);
    }

    void start() {
        thread.start();
    }

    /// Transactions whose commit succeeded.
    Set<Integer> committed() {
        return committed;
    }

    /// Transactions whose abort succeeded.
    Set<Integer> aborted() {
        return aborted;
    }

    Map<String, AtomicLong> errors() {
        return errors;
    }

    long restarts() {
        return restarts.get();
    }

    /// The longest that each call to the clients took, in milliseconds.
    Map<String, Long> slowest() {
        return slowest;
    }

    /// Returns when its last transaction has ended.
    void stop() throws InterruptedException {
        stopping = true;
        thread.join();
    }

    private void work() {
        while (!stopping) {
            try (KafkaProducer<byte[], byte[]> producer = producer();
                    KafkaConsumer<byte[], byte[]> consumer = consumer()) {
                timed("initTransactions", producer::initTransactions);
                consumer.subscribe(List.of(job.input()));
                while (!stopping) {
                    ConsumerRecords<byte[], byte[]> records =
                            timed("poll", () -> consumer.poll(Duration.ofMillis(100)));
                    if (!records.isEmpty()) {
                        transform(producer, consumer, records);
                    }
                }
            } catch (KafkaException failure) {
                // With the same transactional id: whatever was open is aborted, and read again.
                note(failure);
                restarts.incrementAndGet();
            }
        }
    }

    private void transform(
            KafkaProducer<byte[], byte[]> producer,
            KafkaConsumer<byte[], byte[]> consumer,
            ConsumerRecords<byte[], byte[]> records) {
        int transaction = transactions.incrementAndGet();
        producer.beginTransaction();
        try {
            Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
            int sent = 0;
            for (ConsumerRecord<byte[], byte[]> record : records) {
                var input = Payload.record(record.value(), job.run(), record.partition());
                if (input.isPresent()) {
                    for (int output = 0; output < job.outputs().size(); output++) {
                        int partition = (record.partition() + output) % job.partitions();
                        ProducerRecord<byte[], byte[]> made = new ProducerRecord<>(
                                job.outputs().get(output),
                                partition,
                                null,
                                Payload.of(job.run(), transaction, partition, input.getAsInt(), 64));
                        timed("send", () -> producer.send(made));
                    }
                    sent++;
                }
                offsets.put(
                        new TopicPartition(record.topic(), record.partition()),
                        new OffsetAndMetadata(record.offset() + 1));
            }

            timed(
                    "sendOffsetsToTransaction",
                    () -> producer.sendOffsetsToTransaction(offsets, consumer.groupMetadata()));
            if (transaction % ABORT_EVERY == 0) {
                abort(producer, consumer, transaction);
                return;
            }
            timed("commitTransaction", producer::commitTransaction);
            if (sent > 0) {
                committed.add(transaction);
            }
            onCommit.run();
        } catch (KafkaException failure) {
            note(failure);
            abort(producer, consumer, transaction);
        }
    }

    /// Fails if the producer is shut out: then a new one begins.
    private void abort(
            KafkaProducer<byte[], byte[]> producer, KafkaConsumer<byte[], byte[]> consumer, int transaction) {
        timed("abortTransaction", producer::abortTransaction);
        aborted.add(transaction);
        Set<TopicPartition> assigned = consumer.assignment();
        Map<TopicPartition, OffsetAndMetadata> known = timed("committed", () -> consumer.committed(assigned));
        for (TopicPartition partition : assigned) {
            OffsetAndMetadata offset = known.get(partition);
            if (offset == null) {
                consumer.seekToBeginning(List.of(partition));
            } else {
                consumer.seek(partition, offset.offset());
            }
        }
    }

    private void timed(String call, Runnable work) {
        timed(call, () -> {
            work.run();
            return true;
        });
    }

    private <T> T timed(String call, Supplier<T> work) {
        long began = System.nanoTime();
        try {
            return work.get();
        } finally {
            slowest.merge(call, TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began), Math::max);
        }
    }

    private void note(KafkaException failure) {
        errors.computeIfAbsent(failure.getClass().getSimpleName(), name -> new AtomicLong())
                .incrementAndGet();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = new Properties();
        properties.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, job.bootstrapServers());
        properties.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, id);
        properties.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, TRANSACTION_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
        properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 60_000);
        properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 60_000);
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private KafkaConsumer<byte[], byte[]> consumer() {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, job.bootstrapServers());
        properties.put(ConsumerConfig.GROUP_ID_CONFIG, job.group());
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
        return new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
