// SPDX-License-Identifier: Apache-2.0
package io.penstock.benchmarks.endtoend;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/// Records of 1 KiB for one topic of one service, in turn to its partitions.
public final class Producing {
    /// Random, so that nothing on the way can make them smaller; few, so that making them costs nothing.
    private static final byte[][] PAYLOADS = payloads(64);

    private final Service service;
    private final Client client;
    private final String topic;

    private Producing(Service service, Client client, String topic) {
        this.service = service;
        this.client = client;
        this.topic = topic;
    }

    private static byte[][] payloads(int different) {
        byte[][] payloads = new byte[different][LoadSettings.RECORD_BYTES];
        SplittableRandom random = new SplittableRandom(42);
        for (byte[] payload : payloads) {
            random.nextBytes(payload);
        }
        return payloads;
    }

    /// A new topic whose partitions have taken one record each. Apache Kafka's brokers learn of a topic one
    /// after the other: if one refuses a producer's very first batch and takes the next that is under way, it
    /// takes that one's sequence number for the first, and refuses the repeated batch until the producer
    /// gives up.
    public static Producing toNewTopic(Service service, Client client, String topic)
            throws ExecutionException, InterruptedException {
        Producing producing = new Producing(service, client, topic);
        try (Admin admin = Admin.create(Client.properties(service.bootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, LoadSettings.PARTITIONS, service.replicas())))
                    .all()
                    .get();
        }
        try (KafkaProducer<byte[], byte[]> first = producing.producer()) {
            for (int partition = 0; partition < LoadSettings.PARTITIONS; partition++) {
                first.send(producing.record(partition)).get();
            }
        }
        return producing;
    }

    public String topic() {
        return topic;
    }

    KafkaProducer<byte[], byte[]> producer() {
        return client.producer(service.bootstrapServers());
    }

    ProducerRecord<byte[], byte[]> record(long number) {
        int partition = (int) (number % LoadSettings.PARTITIONS);
        return new ProducerRecord<>(topic, partition, null, PAYLOADS[(int) (number % PAYLOADS.length)]);
    }

    /// Sends as fast as the service takes records, and waits until all are acknowledged.
    ///
    /// @param goOn asked before each record, with its number
    /// @return how many there were
    /// @throws IllegalStateException if a record was refused
    public long produceWhile(LongPredicate goOn) {
        AtomicLong acknowledged = new AtomicLong();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        try (KafkaProducer<byte[], byte[]> producer = producer()) {
            for (long number = 0; failure.get() == null && goOn.test(number); number++) {
                producer.send(record(number), (_, failed) -> {
                    if (failed == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        failure.compareAndSet(null, failed);
                    }
                });
            }
            producer.flush();
        }
        Exception failed = failure.get();
        if (failed != null) {
            throw new IllegalStateException(service.name() + " did not take a record", failed);
        }
        return acknowledged.get();
    }
}
