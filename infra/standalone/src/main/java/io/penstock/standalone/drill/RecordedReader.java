// SPDX-License-Identifier: Apache-2.0
package io.penstock.standalone.drill;

import io.penstock.standalone.history.Event;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// A consumer whose every poll and commit is told: a member of the group, or one that reads all partitions from their
/// beginnings for itself.
final class RecordedReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final long COMMIT_EVERY_NANOS = TimeUnit.MILLISECONDS.toNanos(700);
    private static final Duration SILENCE = Duration.ofSeconds(60);

    private final int number;
    private final long run;
    private final Consumer<Event> history;
    private final Map<String, AtomicLong> errors = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> processed = new HashMap<>();
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final Thread thread;
    private int polls;
    private long lastCommit = System.nanoTime();
    private volatile boolean stopping;

    private RecordedReader(
            int number, String bootstrapServers, String group, long run, Consumer<Event> history, String topic) {
        this.number = number;
        this.run = run;
        this.history = history;
        Properties properties = properties(bootstrapServers);
        properties.put(ConsumerConfig.CLIENT_ID_CONFIG, "chaos-reader-" + number);
        if (!group.isEmpty()) {
            properties.put(ConsumerConfig.GROUP_ID_CONFIG, group);
        }
        this.consumer = new KafkaConsumer<>(properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        this.thread = new Thread(() -> readUntilStopped(topic, !group.isEmpty()), "chaos-reader-" + number);
    }

    private static Properties properties(String bootstrapServers) {
        Properties properties = new Properties();
        properties.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        properties.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        properties.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        properties.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        properties.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, Load.REQUEST_TIMEOUT_MILLIS);
        return properties;
    }

    static RecordedReader member(
            int number, String bootstrapServers, String group, String topic, long run, Consumer<Event> history) {
        RecordedReader member = new RecordedReader(number, bootstrapServers, group, run, history, topic);
        member.thread.start();
        return member;
    }

    static RecordedReader alone(int number, String bootstrapServers, String topic, long run, Consumer<Event> history) {
        RecordedReader reader = new RecordedReader(number, bootstrapServers, "", run, history, topic);
        reader.thread.start();
        return reader;
    }

    /// Reads a topic from its beginning to its end, after all writing.
    ///
    /// @throws IllegalStateException if the end is not reached although nothing came for a minute
    static void readWhole(int number, String bootstrapServers, String topic, long run, Consumer<Event> history) {
        RecordedReader reader = new RecordedReader(number, bootstrapServers, "", run, history, topic);
        try (KafkaConsumer<byte[], byte[]> consumer = reader.consumer) {
            List<TopicPartition> all = reader.readFromBeginnings(topic);
            Map<TopicPartition, Long> ends = consumer.endOffsets(all, SILENCE);
            long lastProgress = System.nanoTime();
            while (!ends.entrySet().stream()
                    .allMatch(end -> consumer.position(end.getKey(), SILENCE) >= end.getValue())) {
                if (reader.poll() > 0) {
                    lastProgress = System.nanoTime();
                } else if (System.nanoTime() - lastProgress > SILENCE.toNanos()) {
                    throw new IllegalStateException("the topic's end cannot be reached: " + ends + " wanted, positions "
                            + all.stream().map(consumer::position).toList());
                }
            }
            all.forEach(partition -> history.accept(new Event.ReadWhole(number, partition.partition())));
        }
    }

    Map<String, AtomicLong> errors() {
        return errors;
    }

    /// Goes away without a word to the group.
    @Override
    public void close() {
        stopping = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readUntilStopped(String topic, boolean inGroup) {
        try {
            if (inGroup) {
                consumer.subscribe(List.of(topic), new Rebalances());
            } else {
                readFromBeginnings(topic);
            }
            while (!stopping) {
                try {
                    poll();
                    if (inGroup && System.nanoTime() - lastCommit > COMMIT_EVERY_NANOS) {
                        commit();
                    }
                } catch (WakeupException stop) {
                    // `stopping` tells.
                } catch (KafkaException failure) {
                    count(failure);
                }
            }
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ZERO)
                    .withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
        }
    }

    private List<TopicPartition> readFromBeginnings(String topic) {
        int partitions = consumer.partitionsFor(topic, SILENCE).size();
        List<TopicPartition> all = IntStream.range(0, partitions)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .toList();
        consumer.assign(all);
        for (TopicPartition partition : all) {
            consumer.seek(partition, 0);
            history.accept(new Event.Placed(number, partition.partition(), 0));
        }
        return all;
    }

    private int poll() {
        int poll = polls++;
        int records = 0;
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
            int partition = record.partition();
            history.accept(Payload.read(record.value(), run, partition)
                    .<Event>map(payload -> new Event.Polled(
                            number, poll, partition, record.offset(), payload.writer(), payload.record()))
                    .orElseGet(() -> new Event.PolledGarbage(number, poll, partition, record.offset())));
            processed.put(new TopicPartition(record.topic(), partition), record.offset() + 1);
            records++;
        }
        return records;
    }

    private void commit() {
        lastCommit = System.nanoTime();
        Map<TopicPartition, OffsetAndMetadata> offsets = offsets(processed.keySet());
        if (!offsets.isEmpty()) {
            sending(offsets);
            consumer.commitAsync(offsets, (done, failure) -> answered(done, failure));
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> offsets(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        partitions.forEach(partition -> {
            Long next = processed.get(partition);
            if (next != null) {
                offsets.put(partition, new OffsetAndMetadata(next));
            }
        });
        return offsets;
    }

    private void sending(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) ->
                history.accept(new Event.CommitSent(number, partition.partition(), offset.offset())));
    }

    private void answered(
            Map<TopicPartition, OffsetAndMetadata> offsets, @org.jspecify.annotations.Nullable Exception failure) {
        if (failure == null) {
            offsets.forEach((partition, offset) ->
                    history.accept(new Event.CommitAcknowledged(number, partition.partition(), offset.offset())));
        } else {
            count(failure);
        }
    }

    private void count(Exception failure) {
        errors.computeIfAbsent(failure.getClass().getSimpleName(), name -> new AtomicLong())
                .incrementAndGet();
    }

    private final class Rebalances implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            partitions.forEach(partition -> {
                processed.remove(partition);
                history.accept(new Event.Assigned(number, partition.partition()));
            });
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> offsets = offsets(partitions);
            if (!offsets.isEmpty()) {
                sending(offsets);
                try {
                    consumer.commitSync(offsets, Duration.ofSeconds(5));
                    answered(offsets, null);
                } catch (WakeupException stop) {
                    throw stop;
                } catch (KafkaException failure) {
                    count(failure);
                }
            }
            partitions.forEach(processed::remove);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            partitions.forEach(processed::remove);
        }
    }
}
